using Tandem.Tables;

namespace Tandem.Live.Queueing;

/// <summary>A write that was kept and will be sent.</summary>
/// <param name="Id">The write's id: its own, or one given on queueing.</param>
/// <param name="Outcome">What becomes of it. Ends in an exception when the source cannot be asked such a thing at all, and when the table is disposed before the answer: a write kept on disk is then sent after the next opening.</param>
public sealed record QueuedWrite(Guid Id, Task<WriteResult> Outcome);
