using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Simulator.Network;

/// <summary>Writes and their outcomes as the history tells them: without ids, which differ from run to run.</summary>
internal static class WriteText
{
    public static string Of(TableWrite write) => $"{write.Table} {Of(write.Write)}";

    public static string Of(Write write) => $"{write.By.Actor}: " + write switch
    {
        Write.Insert insert => $"new {Of(insert.Values)}",
        Write.Update update => $"{Of(update.Key)} {Of(update.Set)} if {Of(update.Guard.Base)}",
        Write.Delete delete => $"delete {Of(delete.Key)} if {Of(delete.Guard.Base)}",
        _ => "?",
    };

    public static string Of(WriteResult result) => result switch
    {
        WriteResult.Written { Change: { } change } => $"written as {change.Sequence} {change.Key}",
        WriteResult.Written => "nothing to write",
        WriteResult.Conflicted conflicted => $"conflict in {string.Join(", ", conflicted.Fields)}",
        WriteResult.Rejected rejected => $"rejected: {string.Join(", ", rejected.Errors.Select(e => e.Field))}",
        _ => result.GetType().Name,
    };

    private static string Of(RecordKey key) => string.Join(',', key.Values.Select(Of));

    private static string Of(Patch patch) => "{" + string.Join(' ', patch.Select(p => $"{p.Key}={Of(p.Value)}")) + "}";

    private static string Of(object? value) => value is TemporaryKey ? "its" : ValueText.Plain(value);
}
