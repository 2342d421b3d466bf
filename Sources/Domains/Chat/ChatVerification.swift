import Core
package import Storage

/// What is true of Chat's tables at any time.
extension ChatService {
    package static var consistencyChecks: [ConsistencyCheck] {
        [sequenceCheck, markerCheck, goneCheck, inboxCheck, activityCheck, memberCheck]
    }

    /// A conversation without members is being purged.
    private static var sequenceCheck: ConsistencyCheck {
        ConsistencyCheck(
            "message.sequence",
            """
            SELECT id, last_sequence, said.messages, said.newest
            FROM conversation
            LEFT JOIN (
                SELECT conversation_id, COUNT(*) AS messages, MAX(sequence) AS newest
                FROM message
                GROUP BY conversation_id
            ) AS said ON said.conversation_id = conversation.id
            WHERE member_count > 0
                AND (COALESCE(said.messages, 0) <> last_sequence OR COALESCE(said.newest, 0) <> last_sequence)
            /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Conversation.self))", expected: "messages 1 to \(row.integer(1))",
                found: "\(row.integer(2)) of them, the last \(row.integer(3))")
        }
    }

    /// Unread is what lies beyond the marker: that is right when nobody's own is there.
    private static var markerCheck: ConsistencyCheck {
        ConsistencyCheck(
            "conversation_member.read_sequence",
            """
            SELECT member.account_id, member.conversation_id, member.read_sequence, conversation.last_sequence
            FROM conversation_member AS member
            LEFT JOIN conversation ON conversation.id = member.conversation_id
            WHERE member.read_sequence > COALESCE(conversation.last_sequence, -1)
                OR EXISTS (
                    SELECT 1
                    FROM message
                    WHERE message.conversation_id = member.conversation_id
                        AND message.sequence > member.read_sequence AND message.sender_id = member.account_id
                )
            /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Account.self)) in \(row.id(1, Conversation.self))",
                expected: "a marker between what they said and the last of \(row.integer(3))",
                found: "\(row.integer(2))")
        }
    }

    private static var goneCheck: ConsistencyCheck {
        ConsistencyCheck(
            "conversation_member.gone_unread",
            """
            SELECT account_id, conversation_id, gone_unread, expected
            FROM (
                SELECT member.account_id, member.conversation_id, member.gone_unread,
                    (
                        SELECT COUNT(*)
                        FROM message
                        WHERE message.conversation_id = member.conversation_id
                            AND message.sequence > member.read_sequence AND message.is_deleted = 1
                    ) AS expected
                FROM conversation_member AS member
            ) AS counted
            WHERE gone_unread <> expected /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Account.self)) in \(row.id(1, Conversation.self))",
                expected: "\(row.integer(3)) deleted messages that were not read", found: "\(row.integer(2))")
        }
    }

    private static var inboxCheck: ConsistencyCheck {
        ConsistencyCheck(
            "inbox.unread_count",
            """
            SELECT account_id, SUM(found), SUM(expected)
            FROM (
                SELECT account_id, unread_count AS found, 0 AS expected
                FROM inbox
                UNION ALL
                SELECT member.account_id, 0, 1
                FROM conversation_member AS member
                JOIN conversation ON conversation.id = member.conversation_id
                WHERE conversation.last_sequence > member.read_sequence + member.gone_unread
            ) AS counted
            GROUP BY account_id
            HAVING SUM(found) <> SUM(expected) /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Account.self))", expected: "\(row.integer(2)) unread conversations",
                found: "\(row.integer(1))")
        }
    }

    /// The place in the list is that of the newest message.
    private static var activityCheck: ConsistencyCheck {
        ConsistencyCheck(
            "conversation.activity",
            """
            SELECT conversation.id, COALESCE(message.id, conversation.id), conversation.activity
            FROM conversation
            LEFT JOIN message
                ON message.conversation_id = conversation.id AND message.sequence = conversation.last_sequence
            WHERE member_count > 0
                AND (
                    conversation.activity <> COALESCE(message.id, conversation.id)
                    OR is_large = 0 AND EXISTS (
                        SELECT 1
                        FROM conversation_member AS member
                        WHERE member.conversation_id = conversation.id AND member.activity <> conversation.activity
                            AND (member.activity <> 0 OR conversation.last_sequence > 0)
                    )
                )
            /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Conversation.self))",
                expected: "the activity \(row.integer(1)), in its members' lists too", found: "\(row.integer(2))")
        }
    }

    /// Members are as many as are counted; a group has one owner and two people have none.
    private static var memberCheck: ConsistencyCheck {
        ConsistencyCheck(
            "conversation.members",
            """
            SELECT conversation.id, member_count, COALESCE(present.members, 0), COALESCE(present.owners, 0)
            FROM conversation
            LEFT JOIN (
                SELECT conversation_id, COUNT(*) AS members, SUM(CASE WHEN role = 2 THEN 1 ELSE 0 END) AS owners
                FROM conversation_member
                GROUP BY conversation_id
            ) AS present ON present.conversation_id = conversation.id
            WHERE member_count <> COALESCE(present.members, 0)
                OR member_count > 0 AND COALESCE(present.owners, 0) <> kind
            /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Conversation.self))",
                expected: "\(row.integer(1)) members, one of a group its owner",
                found: "\(row.integer(2)), owners: \(row.integer(3))")
        }
    }
}
