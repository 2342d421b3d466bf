/// Letters that are another letter with something above, below or through it.
///
/// The lower-case letters of Latin, Greek and Cyrillic with a canonical decomposition (UnicodeData.txt), without what
/// they decompose into beyond the letter; and those that people leave out although Unicode does not decompose them: a
/// stroke, a ligature, the final sigma. The standard library has no decomposition to offer.
enum Diacritics {
    static let bases: [Unicode.Scalar: String] = {
        var bases: [Unicode.Scalar: String] = [:]
        for (base, letters) in lettersByBase {
            for letter in letters.unicodeScalars { bases[letter] = base }
        }
        return bases
    }()

    private static let lettersByBase: KeyValuePairs = [
        "a": "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
        "ae": "æǣǽ",
        "b": "ḃḅḇ",
        "c": "çćĉċčḉ",
        "d": "ďđḋḍḏḑḓ",
        "e": "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "f": "ḟ",
        "g": "ĝğġģǧǵḡ",
        "h": "ĥħȟḣḥḧḩḫẖ",
        "i": "ìíîïĩīĭįıǐȉȋḭḯỉị",
        "j": "ĵǰ",
        "k": "ķǩḱḳḵ",
        "l": "ĺļľłḷḹḻḽ",
        "m": "ḿṁṃ",
        "n": "ñńņňǹṅṇṉṋ",
        "o": "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "oe": "œ",
        "p": "ṕṗ",
        "r": "ŕŗřȑȓṙṛṝṟ",
        "s": "śŝşšșṡṣṥṧṩ",
        "ss": "ß",
        "t": "ţťŧțṫṭṯṱẗ",
        "u": "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "v": "ṽṿ",
        "w": "ŵẁẃẅẇẉẘ",
        "x": "ẋẍ",
        "y": "ýÿŷȳẏẙỳỵỷỹ",
        "z": "źżžẑẓẕ",
        "ʒ": "ǯ",
        "α": "άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ",
        "ε": "έἐἑἒἓἔἕὲέ",
        "η": "ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ",
        "ι": "ΐίϊἰἱἲἳἴἵἶἷὶίῐῑῒΐῖῗ",
        "ο": "όὀὁὂὃὄὅὸό",
        "ρ": "ῤῥ",
        "σ": "ς",
        "υ": "ΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ",
        "ω": "ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ",
        "а": "ӑӓ",
        "г": "ѓ",
        "е": "ѐёӗ",
        "ж": "ӂӝ",
        "з": "ӟ",
        "и": "йѝӣӥ",
        "к": "ќ",
        "о": "ӧ",
        "у": "ўӯӱӳ",
        "ч": "ӵ",
        "ы": "ӹ",
        "э": "ӭ",
        "і": "ї",
        "ѵ": "ѷ",
        "ә": "ӛ",
        "ө": "ӫ",
    ]
}
