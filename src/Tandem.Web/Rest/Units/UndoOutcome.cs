using System.Globalization;
using Tandem.Records;

namespace Tandem.Web.Rest.Units;

/// <summary>A record that stays as it is when its operation is taken back.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The record's key.</param>
/// <param name="By">Who changed or deleted it since; null where nobody did or nobody knows.</param>
/// <param name="One">What is said of it alone, behind "1".</param>
/// <param name="Many">What is said of several like it, behind their number.</param>
internal sealed record LeftRecord(string Table, RecordKey Key, string? By, string One, string Many);

/// <summary>How much of an operation was taken back, and what stays.</summary>
/// <param name="Done">Records that are as before the operation, taken back now or earlier.</param>
/// <param name="Total">Records the operation touched.</param>
/// <param name="Left">Records that stay as they are now.</param>
/// <param name="Obstacle">Why it ended before everything was tried, as a sentence; null when everything was.</param>
internal sealed record UndoOutcome(int Done, int Total, IReadOnlyList<LeftRecord> Left, string? Obstacle)
{
    public bool IsWhole => Left.Count == 0 && Obstacle is null;

    /// <summary>All of it in sentences for people, such as "19,999 of 20,000 taken back. 1 was changed by Tom since and stays."</summary>
    public string Said
    {
        get
        {
            var reasons = Left.GroupBy(l => l.One).Select(g => g.Count() == 1 ? $"1 {g.Key}." : $"{Number(g.Count())} {g.First().Many}.");
            return string.Join(' ', [.. Total == 0 ? [] : new[] { $"{Number(Done)} of {Number(Total)} taken back." }, .. reasons, .. Obstacle is null ? [] : new[] { Obstacle }]);
        }
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
