using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>What of a write's permit has to be asked; every table asks the same.</summary>
internal static class Permits
{
    /// <summary>What the record must be one of before the write; null when any will do.</summary>
    public static Filter? Before(Write write) => write is Write.Insert || write.Permit is null or { Before: Filter.AllFilter } ? null : write.Permit.Before;

    /// <summary>What the record must be one of when stored; null when any will do, or when the write cannot take it elsewhere.</summary>
    /// <param name="schema">The table.</param>
    /// <param name="write">The write.</param>
    /// <param name="changesItself">Whether the table may change more fields than a write names: then only the stored record tells.</param>
    public static Filter? After(TableSchema schema, Write write, bool changesItself) => write switch
    {
        { Permit: null or { After: Filter.AllFilter } } or Write.Delete => null,
        Write.Update update when !changesItself && !FilterFields.Of(update.Permit!.After).Any(update.Set.ContainsKey) && !(FilterFields.GoesByKey(update.Permit.After) && schema.Key.Any(update.Set.ContainsKey)) => null,
        _ => write.Permit.After,
    };

    public static WriteResult.Rejected Refused(Write write) => new([new FieldError("", write.Permit!.Refusal)]);
}
