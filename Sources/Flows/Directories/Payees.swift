package import Core
import Ledger
package import Social
package import Storage

/// Money can be sent to whoever one can see: to people who are there, and not across a block.
package struct Payees: PayeeDirectory {
    private let social: SocialService

    package init(social: SocialService) {
        self.social = social
    }

    package func canReceive(_ payee: ID<Account>, from payer: ID<Account>, in tx: WriteTransaction) throws -> Bool {
        try social.canMeet(payee, payer, in: tx)
    }
}
