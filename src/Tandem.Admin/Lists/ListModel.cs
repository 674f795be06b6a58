using Tandem.Access;
using Tandem.Admin.Lists.Filters;
using Tandem.Admin.Lists.Groups;
using Tandem.Admin.Lists.Views;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists;

/// <summary>One page of a table.</summary>
internal sealed record ListModel(
    ShellModel Shell,
    TableSchema Schema,
    ListState State,
    IReadOnlyList<Field> Columns,
    Page Page,
    IReadOnlyDictionary<ReferredValue, ReferenceLabel> Labels,
    RecordCount? Total,
    AccessDecision Add,
    string? ReadOnlyReason)
{
    public IReadOnlyList<Record> Records => Page.Records;

    public required ITies Ties { get; init; }

    public required ViewMenuModel Views { get; init; }

    public required ColumnMenuModel ColumnMenu { get; init; }

    /// <summary>Says which records are not simply active.</summary>
    public required ActivationMarks Marks { get; init; }

    /// <summary>The groups that stand in place of records, or null.</summary>
    public GroupModel? Groups { get; init; }

    /// <summary>The filter being built, or null.</summary>
    public FilterBuilding? Builder { get; init; }

    /// <summary>The column whose cell opens the record.</summary>
    public Field? Opens { get; init; }
}
