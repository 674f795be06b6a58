using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Tandem.Admin.Lists.Groups;
using Tandem.Admin.Shell;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists;

/// <summary>The list page.</summary>
public sealed partial class ListPage
{
    private const int LongText = 90;

    [Parameter, EditorRequired] public object Model { get; set; } = null!;

    private ListModel List => (ListModel)Model;

    private TableSchema Schema => List.Schema;

    private ListState State => List.State;

    private string Total() => List.Total is { } total
        ? TableCounts.Say(total) + (total is { IsExact: true, Value: 1 } ? " record" : " records")
        : State.LeavesOut(Schema) ? "Some of the records" : "…";

    private static string GroupsSaid(GroupModel groups) => groups.HasMore
        ? $"{groups.Rows.Count:N0} groups are shown, and there are more: filter the list, or group by something coarser"
        : Words.Plural(groups.Rows.Count, "group", "groups");

    private string Edit()
    {
        var plain = State.FirstPage().Query();
        return Links.Table(Schema.Name) + plain + (plain.Length == 0 ? "?" : "&") + "edit=1#builder";
    }

    private string FieldNames() => JsonSerializer.Serialize(List.Columns.Select(c => c.Name).Union(ActivationMarks.Fields(Schema)));

    private string LabelOf(Field field) => FieldLabels.Of(Schema, field);

    private bool IsRight(Field field) =>
        field.Type is FieldType.Integer or FieldType.Decimal or FieldType.Float && Schema.ReferenceOf(field.Name) is null;

    private ControlKind KindOf(Field field) => Controls.KindOf(Schema, field, null);

    /// <summary>Whether a cell may be changed where it stands. Content and values that do not fit are left to the record's own page.</summary>
    private bool IsEditable(Field field, object? value) =>
        List.ReadOnlyReason is null && !Schema.IsKeyless && !field.IsReadOnly && !field.IsSecret && !Schema.IsKeyField(field.Name)
        && field.Type != FieldType.Bytes && value is not string { Length: > LongText * 10 } && Values.Fits(field, value);

    /// <summary>What the cell holds, as the text that travels; nothing where it cannot be edited.</summary>
    private string? Wire(Field field, object? value) => IsEditable(field, value) ? Controls.Wire(Controls.KindOf(Schema, field, value), value) : null;

    private ReferenceLabel? LabelOf(Field field, object? value) =>
        ReferredValue.Of(Schema, field.Name, value) is { } referred ? List.Labels.GetValueOrDefault(referred) : null;

    private static string CellText(Field field, object? value)
    {
        var text = ValueText.Display(field, value);
        return text.Length > LongText ? Words.Cut(text, LongText).ReplaceLineEndings(" ") : text;
    }
}
