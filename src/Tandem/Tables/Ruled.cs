using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>Rules in code as every table applies them: cleaning before a write, judging what it stored before it is committed.</summary>
internal static class Ruled
{
    /// <summary>The write with its values in the form they are stored in.</summary>
    public static Write Clean(TableSchema schema, Write write) => schema.RecordRules.Count == 0 ? write : write switch
    {
        Write.Insert insert => insert with { Values = RecordRule.Completed(schema, RecordRule.Cleaned(schema, insert.Values)) },
        Write.Update update => update with { Set = RecordRule.Cleaned(schema, update.Set) },
        _ => write,
    };

    /// <summary>The result, or why it must be taken back.</summary>
    public static WriteResult Judge(TableSchema schema, Write write, WriteResult result) =>
        schema.RecordRules.Count > 0 && write is not Write.Delete && result is WriteResult.Written { Change: not null, IsRepeated: false } written
        && RecordRule.Errors(schema, written.Stored, write is Write.Insert insert ? insert.Values : ((Write.Update)write).Set) is { Count: > 0 } errors
            ? new WriteResult.Rejected(errors)
            : result;
}
