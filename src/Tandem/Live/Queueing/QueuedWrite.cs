using Tandem.Tables;

namespace Tandem.Live.Queueing;

/// <summary>A write that was kept and will be sent.</summary>
/// <param name="Id">The write's id: its own, or one given on queueing.</param>
/// <param name="Settled">What becomes of it. Ends in an exception only when the table is disposed before; a write kept on disk is then sent after the next opening.</param>
public sealed record QueuedWrite(Guid Id, Task<WriteResult> Settled);
