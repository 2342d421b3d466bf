import Core

/// What the people of the demonstration write.
enum DemoWords {
    /// "Found this speckled teapot at the flea market with love".
    static func caption(_ random: inout SplitMix64) -> String {
        (fill(random.pick(captions), nil, &random) + random.pick(endings)).capitalisedFirst
    }

    /// Speaks of what is seen.
    static func caption(of picture: DemoPicture, _ random: inout SplitMix64) -> String {
        fill(random.pick(shown), picture, &random).capitalisedFirst
    }

    /// - Parameter picture: what is remarked on; nil for whatever.
    static func remark(on picture: DemoPicture?, _ random: inout SplitMix64) -> String {
        fill(random.pick(remarks), picture, &random).capitalisedFirst
    }

    /// `{a}` and `{b}` are qualities, `{A}` is one with its article, `{n}` and `{m}` are things. What is seen in a picture
    /// is `{a}` and `{n}`.
    private static func fill(_ template: String, _ picture: DemoPicture?, _ random: inout SplitMix64) -> String {
        var text = ""
        var isPlace = false
        for character in template {
            switch character {
            case "{", "}": isPlace = character == "{"
            case "a" where isPlace: text += picture?.palette.name ?? random.pick(qualities)
            case "b" where isPlace: text += random.pick(qualities)
            case "A" where isPlace: text += (picture?.palette.name ?? random.pick(qualities)).withArticle
            case "n" where isPlace: text += picture?.thing.name ?? random.pick(things)
            case "m" where isPlace: text += random.pick(things)
            default: text.append(character)
            }
        }
        return text
    }

    private static let shown = [
        "{A} {n}, finished at last", "New in: {A} {n}", "Sunday light on {A} {n}", "The {a} {n} is back",
        "This {n} took three evenings, and I would do it again", "There is only one of these: {A} {n}",
        "My favourite {n} so far", "Found this {a} {n} at the flea market", "Packing {A} {n} for Saturday's market",
        "Somebody gets {A} {n} for their birthday", "{A} {n}: keep it or sell it?",
        "Which colour should the next {n} be?", "{A} {n} and a quiet house", "This time in {a}: the {n} of the season",
        "Restored this {n} over the weekend", "The {n} that everybody asks about", "Slow morning, {a} {n}",
        "Made {A} {n} for a friend who moves to the sea", "Last one of the year, and it is {a}",
        "I tried {a} this time. What do you think?", "Gift idea: {A} {n}", "Sneak peek: the {n} in {a}",
        "First try at {A} {n}. Be kind", "Swapped two jars of jam for this {n}", "Rain outside, {a} inside",
    ]
    private static let captions = [
        "Just finished this {a} {n}", "New in: {a} {n}", "{a} {n}, one of a kind", "My favourite {a} {n} so far",
        "The {a} {n} is back", "Packing {A} {n} for the market", "How it started: {A} {n}",
        "Behind the scenes with the {a} {n}", "Which one, {a} {n} or {b} {m}?", "{A} {n} and {A} {m}",
        "Wearing the {a} {n} today", "Made {A} {n} from {A} {m}", "Last {a} {n} of the season",
        "Sneak peek: {a} {n}", "Found this {a} {n} at the flea market", "Restored {A} {n} this week",
        "{a} {n} on sale until Sunday", "Gift idea: {a} {n} with {b} {m}", "Morning light on {A} {n}",
        "Unboxing the {a} {n}",
    ]
    private static let endings = [
        "", "", "", " today", " again", " at last", " by hand", " in the studio", " for a friend", " on a rainy day",
        " before breakfast", " with love",
    ]
    private static let remarks = [
        "So lovely!", "Where can I get one?", "I need this {n}.", "The {a} one, please.", "What a {n}!",
        "How long did it take?", "Beautiful work.", "Is it still there?", "Mine arrived today, thank you!",
        "This made my day.", "Do you ship abroad?", "Love the {a} look.", "My grandmother had a {n} like this.",
        "Take my money.", "More of this, please.", "How big is it?", "I have the {a} {n} and use it every day.",
        "Wow.", "{A} {n} is all I need.", "Perfect for our new place.", "Saved for later.",
        "You are so talented.",
    ]
    private static let qualities = [
        "amber", "antique", "autumn", "big", "blue", "braided", "bright", "broad", "brushed", "burgundy", "carved",
        "ceramic", "charcoal", "checked", "chunky", "classic", "clear", "cobalt", "copper", "coral", "cosy", "cream",
        "crisp", "crochet", "curved", "dark", "deep", "delicate", "double", "dusty", "dyed", "early", "elegant",
        "emerald", "enamel", "faded", "felted", "fine", "flat", "floral", "folded", "fresh", "frosted", "gilded",
        "glazed", "glossy", "golden", "green", "grey", "handmade", "heavy", "hemp", "indigo", "ivory", "knitted",
        "large", "lavender", "leather", "light", "linen", "little", "long", "lovely", "mended", "mint", "mossy",
        "narrow", "neat", "new", "oak", "oiled", "old", "olive", "opal", "open", "oval", "painted", "pale", "patched",
        "pearl", "peach", "pine", "plain", "pleated", "polished", "printed", "quilted", "quiet", "rare", "raw", "red",
        "ribbed", "round", "rustic", "rusty", "sage", "salvaged", "sandy", "scented", "short", "silk", "silver",
        "simple", "slim", "small", "smoked", "smooth", "soft", "speckled", "spotted", "square", "stitched", "stone",
        "striped", "sturdy", "suede", "summer", "tall", "tan", "teal", "terracotta", "thick", "thin", "tiny",
        "turned", "tweed", "twill", "velvet", "vintage", "violet", "walnut", "warm", "washed", "waxed", "white",
        "wicker", "wide", "wild", "winter", "wooden", "woollen", "woven", "yellow",
    ]
    private static let things = [
        "anklet", "apron", "backpack", "bag", "ball", "basin", "basket", "beads", "beanie", "bedspread", "bell",
        "belt", "bench", "blanket", "blouse", "board", "boat", "bookend", "boots", "bottle", "bow", "bowl", "box",
        "bracelet", "bread", "broom", "brooch", "brush", "bucket", "buttons", "cabinet", "cake", "candle", "cap",
        "cape", "card", "cardigan", "carpet", "case", "chair", "chest", "clock", "cloth", "clutch", "coaster", "coat",
        "collar", "comb", "cookies", "cover", "cradle", "crate", "cup", "curtain", "cushion", "cutlery", "desk",
        "dish", "doll", "drawer", "dress", "drum", "duvet", "earrings", "easel", "fan", "fern", "flask", "flowers",
        "frame", "garland", "glass", "glasses", "gloves", "goblet", "hairpin", "hammock", "hanger", "hat", "headband",
        "honey", "hood", "hook", "jacket", "jam", "jar", "jeans", "jewel", "jug", "jumper", "kettle", "keyring",
        "kimono", "kite", "knife", "lace", "ladle", "lamp", "lantern", "loaf", "locket", "loom", "marbles", "mask",
        "mat", "mirror", "mittens", "mobile", "moccasins", "mug", "napkin", "necklace", "notebook", "ornament", "pan",
        "parasol", "pencils", "pendant", "picnic", "pillow", "pin", "pitcher", "plant", "plate", "pocket", "poncho",
        "postcard", "pot", "pottery", "poster", "purse", "puzzle", "quilt", "rack", "raincoat", "ribbon", "ring",
        "robe", "rope", "rug", "sandals", "satchel", "saucer", "scarf", "shawl", "shelf", "shirt", "shoes", "shorts",
        "skirt", "slippers", "soap", "socks", "sofa", "spoon", "stamp", "stickers", "stool", "suitcase", "sunhat",
        "sweater", "swing", "table", "tapestry", "tassel", "teapot", "tee", "thread", "throw", "tie", "tiles",
        "toolbox", "tote", "towel", "toys", "tray", "trousers", "trunk", "tumbler", "tunic", "umbrella", "vase",
        "vest", "waistcoat", "wallet", "watch", "wreath", "wristband", "yarn",
    ]
}
