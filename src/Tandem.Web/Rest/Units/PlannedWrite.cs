using Tandem.Access;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>One write of a unit.</summary>
/// <param name="At">Its place among the writes that were sent.</param>
/// <param name="Table">The table.</param>
/// <param name="Write">The write.</param>
internal sealed record PlannedWrite(int At, PermittedTable Table, Write Write)
{
    public TableAction Action => Write switch
    {
        Tables.Write.Insert => TableAction.Add,
        Tables.Write.Update => TableAction.Change,
        _ => TableAction.Delete,
    };

    /// <summary>The record's key; null for a new one.</summary>
    public RecordKey? Key => Write switch
    {
        Tables.Write.Update update => update.Key,
        Tables.Write.Delete delete => delete.Key,
        _ => null,
    };

    public TableWrite ForTable => new(Table.Schema.Name, Write);
}

/// <summary>What is wrong with a field of one write.</summary>
internal sealed record UnitFault(int At, string Table, string? Key, FieldError Error);
