package import Logging

/// How an embedded database is opened.
package struct SQLiteOptions: Sendable {
    /// Readers for pages. Reads run on the caller's thread, and there are about as many of those as cores.
    package var interactiveReaders = 4
    /// Readers for exports, checks and whatever reads much, each on a thread of its own.
    package var backgroundReaders = 2
    /// Page cache of each reader, in KiB. The operating system caches the file as well.
    package var readerCacheKilobytes = 8_192
    /// The writer's, in KiB. What a transaction changes beyond it is written to the log and read back before it commits.
    package var writerCacheKilobytes = 65_536
    /// Writes that may wait for their turn; beyond it they are refused as overloaded.
    package var writeQueueMax = 4_096
    /// Reads that may wait for a reader on one lane.
    package var readQueueMax = 4_096
    /// Writes that share one commit at most, so that the first of them does not wait for ever.
    package var groupMax = 512
    /// Pages of 4 KiB that are added to the log before they are copied into the file, beside the writer. 8 MiB: few enough
    /// that a copy is short, many enough that a page which changes all the time is copied once.
    package var logPagesBetweenCopies = 2_000
    /// The log begins anew only after a moment at which all of it was copied, and while everybody writes the copy beside
    /// them never gets there. From 64 MiB on the writer copies the rest by itself, which is little.
    package var logPagesMax = 16_000
    /// A statement that takes longer is logged, with its text and never its values. Nil logs none.
    package var slowStatementMilliseconds: Int? = 250
    /// Refuses statements whose plan scans a growing table. For tests: it costs a look at each new statement's plan.
    package var checksPlans = false
    package var logger = Logger(label: "plaza.storage")

    package init() {}
}
