namespace Tandem.Live;

/// <summary>What a comparison of held records with the source found.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Compared">How many records were read from the source; zero for a bounded table, which forgets and reads again on demand.</param>
/// <param name="Differences">How many differed, were new or were gone.</param>
/// <param name="IsGap">Whether it followed a gap in the source's changes; false for the look after coming back from a store.</param>
public sealed record Reconciliation(string Table, long Compared, long Differences, bool IsGap);
