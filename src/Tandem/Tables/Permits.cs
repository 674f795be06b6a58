using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>What of a write's permit has to be asked; every table asks the same.</summary>
internal static class Permits
{
    /// <summary>What the record must be one of before the write; null when any will do.</summary>
    public static Filter? Before(Write write) => write is Write.Insert || write.Permit is null or { Before: Filter.AllFilter } ? null : write.Permit.Before;

    /// <summary>What the record must be one of when stored; null when any will do, or when the write sets nothing that it goes by.</summary>
    public static Filter? After(TableSchema schema, Write write) => write switch
    {
        { Permit: null or { After: Filter.AllFilter } } or Write.Delete => null,
        Write.Update update when !FilterFields.Of(update.Permit!.After).Any(update.Set.ContainsKey) && !(FilterFields.GoesByKey(update.Permit.After) && schema.Key.Any(update.Set.ContainsKey)) => null,
        _ => write.Permit.After,
    };

    public static WriteResult.Rejected Refused(Write write) => new([new FieldError("", write.Permit!.Refusal)]);
}
