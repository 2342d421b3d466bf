/// What the people of the demonstration say to each other.
enum DemoTalk {
    /// With the seller who is signed in as; the other begins.
    static let pairs = [
        [
            "Hi! Is the large bowl still there in blue?", "Two left. Shall I keep one for you?",
            "Yes please, I come on Saturday!", "It is yours. Stall 14.",
        ],
        [
            "My parcel arrived, thank you!", "So fast! I hope nothing is broken?", "All fine. The note made my day.",
        ],
        ["Do you make teapots for left-handed people?"],
        ["Can I bring my mother to the workshop?", "Of course. Coffee at ten.", "She is already packing."],
        ["How long is the moon vase open for orders?", "Until the forty are gone.", "I set an alarm."],
        ["Saw you at the market. Great stall!"],
    ]
    static let group = (
        title: "Market day",
        lines: [
            "Who comes to the market on Saturday?", "I do, with the van.", "I bring coffee.", "Stall 14 again?",
            "Stall 14. See you at seven.", "Seven?! It is a weekend.", "Half past, then. But with cake.",
        ]
    )
    static let lives = [
        (
            title: "Kiln opening: what came out today",
            lines: [
                "Here we go!", "That glaze!!", "Show the big one again please", "Is the teal teapot in the shop?",
                "It is, six of them", "Bought one", "Hello from Lisbon", "How hot does it get in there?",
                "1,240 degrees, for nine hours", "Wow", "When does the moon vase open?", "The day after tomorrow",
            ]
        ),
        (
            title: "Repotting with us",
            lines: ["Morning everybody", "My fig has brown tips, help", "Less water, more light", "Thank you!!"]
        ),
    ]
}
