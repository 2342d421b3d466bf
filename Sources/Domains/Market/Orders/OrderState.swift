package import Core

/// Where one seller's part of an order stands. Stored by raw value.
package enum OrderState: Int64, Sendable, CaseIterable {
    /// Stock is taken and money set aside, until it is paid or times out.
    case placed = 0
    /// The money is in escrow.
    case paid = 1
    case shipped = 2
    case delivered = 3
    /// The seller has the money.
    case completed = 4
    /// Nothing was sold after all.
    case cancelled = 5
    /// Paid for, and all of it given back.
    case refunded = 6

    package var name: String {
        switch self {
        case .placed: "placed"
        case .paid: "paid"
        case .shipped: "shipped"
        case .delivered: "delivered"
        case .completed: "completed"
        case .cancelled: "cancelled"
        case .refunded: "refunded"
        }
    }

    package init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }
}

/// What somebody does with a part of an order.
package enum OrderEvent: Sendable, Equatable {
    case pay
    /// It was not paid in time.
    case expire
    /// The provider that was to pay for it will not.
    case decline
    case ship
    case deliver
    case complete
    /// Before it is shipped. Nil: all that is left.
    case cancel([SaleLine]?)
    /// - isRestocked: the pieces have come back and can be sold again. Of what has not been shipped they always can.
    case refund([SaleLine]?, isRestocked: Bool)

    /// Stored by raw value in the order's history.
    package enum Kind: Int64, Sendable, CaseIterable {
        case place = 0
        case pay = 1
        case expire = 2
        case ship = 3
        case deliver = 4
        case complete = 5
        case cancel = 6
        case refund = 7
        case decline = 8

        package var name: String {
            switch self {
            case .place: "place"
            case .pay: "pay"
            case .expire: "expire"
            case .ship: "ship"
            case .deliver: "deliver"
            case .complete: "complete"
            case .cancel: "cancel"
            case .refund: "refund"
            case .decline: "decline"
            }
        }

        package func isAllowed(to party: OrderParty) -> Bool {
            switch (self, party) {
            case (.place, .buyer), (.pay, .buyer), (.expire, .clock), (.decline, .clock),
                (.deliver, .buyer), (.complete, .buyer),
                (.complete, .clock), (.complete, .platform), (.cancel, .buyer), (.cancel, .platform),
                (.refund, .platform):
                true
            case (.ship, .seller), (.deliver, .seller): true
            // What moves money out of the shop is more than fulfilling orders.
            case (.cancel, .seller(let role)), (.refund, .seller(let role)): role >= .manager
            default: false
            }
        }
    }

    package var kind: Kind {
        switch self {
        case .pay: .pay
        case .expire: .expire
        case .decline: .decline
        case .ship: .ship
        case .deliver: .deliver
        case .complete: .complete
        case .cancel: .cancel
        case .refund: .refund
        }
    }
}

/// What somebody is to a part of an order.
package enum OrderParty: Sendable, Equatable {
    case buyer
    case seller(ShopRole)
    /// An administrator.
    case platform
    case clock

    /// Stored in the order's history.
    var rawValue: Int64 {
        switch self {
        case .buyer: 0
        case .seller: 1
        case .platform: 2
        case .clock: 3
        }
    }

    /// As the order's history has it.
    static let names = ["buyer", "seller", "platform", "clock"]
}

/// Why nothing happened to an order.
package enum OrderRefusal: Error, Equatable {
    case notAllowed(OrderEvent.Kind)
    case wrongState(OrderEvent.Kind, OrderState)
    case paymentTimedOut
    /// The clock is not there yet.
    case notDue
    case unknownLine(ID<Variant>)
    /// Zero pieces, fewer, or more than were bought and not given back yet.
    case moreThanLeft(ID<Variant>, left: Int64)
    case linesNotDistinct
}

/// How long things take at most.
package enum OrderTiming {
    /// What is set aside for an order that is paid for later: as long as a person looks for their card.
    package static let paidWithinSeconds: Int64 = 30 * 60
    /// For complaints.
    package static let completedAfterDeliverySeconds: Int64 = 7 * 86_400
    /// When nobody says that it has arrived.
    package static let completedAfterShippingSeconds: Int64 = 30 * 86_400
}
