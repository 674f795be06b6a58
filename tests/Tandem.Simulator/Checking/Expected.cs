using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Simulator.Checking;

/// <summary>What a write must come to, found from the record before it by the words of the guide alone.</summary>
internal sealed record Expected(bool IsMissing, IReadOnlyList<string> Broken)
{
    public static Expected? Of(Write write, Record? current) => (write, current) switch
    {
        (Write.Insert, _) => null,
        (_, null) => new Expected(true, []),
        (Write.Update update, _) => new Expected(false, BrokenFields(update.Guard, update.Set, current)),
        (Write.Delete delete, _) => new Expected(false, BrokenFields(delete.Guard, Patch.Empty, current)),
        _ => null,
    };

    public void Check(Write write, WriteResult result)
    {
        var isRight = result switch
        {
            WriteResult.Missing => IsMissing,
            WriteResult.Conflicted conflicted => Broken.Count > 0 && Broken.Order().SequenceEqual(conflicted.Fields.Order()),
            WriteResult.Written => !IsMissing && Broken.Count == 0,
            WriteResult.Rejected => write is Write.Update { Set: var set } && set.TryGetValue("name", out var name) && name is string { Length: > 40 },
            _ => false,
        };
        BrokenInvariantException.Unless(
            isRight, "a guard holds where its fields do, and only there", $"{write} by {write.By.Actor} came to {result}, but {(IsMissing ? "there is no record" : $"[{string.Join(", ", Broken)}] differ")}");
    }

    /// <summary>A field that somebody else changed to another value than is written stands in the way; one that holds the new value already only where that counts as done.</summary>
    private static List<string> BrokenFields(Guard guard, Patch set, Record current) =>
        [.. guard.Base.Where(b => !Equals(current[b.Key], b.Value) && !(guard.AllowSettled && set.TryGetValue(b.Key, out var mine) && Equals(current[b.Key], mine))).Select(b => b.Key)];
}
