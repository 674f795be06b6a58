namespace Tandem.Tables;

/// <summary>A write and the table it is for.</summary>
public sealed record TableWrite(string Table, Write Write);

/// <summary>What became of several writes that belong together.</summary>
/// <param name="IsCommitted">Whether all of them happened; otherwise none did.</param>
/// <param name="Results">One result for each write, in their order. Where nothing was committed, those not refused say what would have happened as far as it was found out: a <see cref="WriteResult.Written"/> there was taken back.</param>
public sealed record BatchResult(bool IsCommitted, IReadOnlyList<WriteResult> Results);
