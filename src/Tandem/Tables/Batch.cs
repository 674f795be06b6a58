namespace Tandem.Tables;

/// <summary>A write and the table it is for.</summary>
public sealed record TableWrite(string Table, Write Write);

/// <summary>What became of several writes that belong together.</summary>
/// <param name="IsCommitted">Whether all of them happened; otherwise none did.</param>
/// <param name="Results">One result for each write, in their order. Where nothing was committed, those not refused say what would have happened as far as it was found out: a <see cref="WriteResult.Written"/> there was taken back.</param>
public sealed record BatchResult(bool IsCommitted, IReadOnlyList<WriteResult> Results)
{
    /// <summary>The same of writes that were only tried: what they would have journalled never happened.</summary>
    internal BatchResult OfTrial() =>
        new(false, [.. Results.Select(r => r is WriteResult.Written { IsRepeated: false } written ? written with { Change = null } : r)]);
}
