using Tandem.Querying;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Access;

/// <content>Fields that make records active.</content>
public sealed partial class PermittedTable
{
    /// <summary>What a new record must be one of: where it says whether it is active, also one that may be enabled.</summary>
    private Filter FilterOf(Write.Insert insert) =>
        _add.Activation is { } right && insert.Values.Keys.Any(right.Fields.Contains) ? FilterAlgebra.And(right.Others, right.Enabled) : _add.Filter;

    private string Locked(Field field) => _inner.Schema.Activation is { IsKept: true } activation && activation.Active == field.Name
        ? $"{field.Label} is kept up by Tandem. Change {string.Join(", ", activation.Fields.Skip(1).Where(f => Schema.Find(f) is not null).Select(f => Schema[f].Label))} instead."
        : $"{field.Label} may not be written by you. Leave it as it is.";
}
