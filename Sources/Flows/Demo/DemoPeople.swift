/// How the people of the demonstration are called.
enum DemoPeople {
    private static let firstNames = [
        "ada", "alba", "alma", "amir", "ana", "anja", "ann", "aron", "asha", "ava", "bea", "ben", "bo", "carl",
        "cara", "chen", "cleo", "dan", "dara", "dev", "edda", "eli", "elsa", "emil", "emma", "enzo", "erik", "esra",
        "eva", "fay", "finn", "flora", "gabe", "gina", "hana", "hugo", "ida", "ilse", "ines", "iris", "ivan", "jan",
        "jana", "jill", "joel", "jona", "juno", "kai", "kara", "kim", "kira", "lars", "lea", "lena", "leo", "lila",
        "lina", "liv", "lou", "luca", "lucy", "maja", "mara", "marc", "maya", "mia", "milo", "mina", "nadia", "nell",
        "nico", "nils", "noa", "nora", "olga", "omar", "otto", "paul", "petra", "pia", "quinn", "rafa", "remy",
        "rhea", "rita", "rosa", "ruth", "sami", "sara", "sofia", "sven", "tara", "theo", "tilda", "tom", "uma",
        "vera", "vito", "wanda", "wim", "xenia", "yara", "yuki", "zara", "zoe",
    ]
    /// One for each letter, in their order.
    private static let surnames = [
        "Abbott", "Berger", "Costa", "Dietrich", "Eklund", "Fischer", "Garcia", "Hansen", "Ito", "Jensen", "Keller",
        "Lindqvist", "Moreau", "Novak", "Okafor", "Park", "Quist", "Rossi", "Silva", "Tanaka", "Ueda", "Varga",
        "Weber", "Xu", "Yilmaz", "Zimmer",
    ]

    /// Different for every number: `ann.k12`.
    static func handle(_ number: Int) -> String {
        let (first, letter, round) = parts(number)
        return "\(firstNames[first]).\(surnames[letter].prefix(1).lowercased())\(round + 1)"
    }

    static func name(_ number: Int) -> String {
        let (first, letter, _) = parts(number)
        return "\(firstNames[first].prefix(1).uppercased() + firstNames[first].dropFirst()) \(surnames[letter])"
    }

    /// The letter is shifted by the name, so that neighbours differ in both.
    private static func parts(_ number: Int) -> (first: Int, letter: Int, round: Int) {
        let (rest, first) = number.quotientAndRemainder(dividingBy: firstNames.count)
        let (round, letter) = rest.quotientAndRemainder(dividingBy: surnames.count)
        return (first, (letter + 7 * first) % surnames.count, round)
    }
}
