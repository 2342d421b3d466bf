package import Flows
import Storage

/// What the command line does to a data directory.
extension Plaza {
    package var importer: Importer {
        Importer(database: database, accounts: accounts, social: social, clock: clock, node: node.number)
    }

    package var demo: Demo {
        Demo(database: database, accounts: accounts, social: social, clock: clock, node: node.number)
    }
}
