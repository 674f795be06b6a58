using System.Text.Json;
using Microsoft.AspNetCore.Components;
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
        : State.IsFiltered ? "Some of the records" : "…";

    private string Edit()
    {
        var plain = State.FirstPage().Query();
        return Links.Table(Schema.Name) + plain + (plain.Length == 0 ? "?" : "&") + "edit=1#builder";
    }

    private string FieldNames() => JsonSerializer.Serialize(List.Columns.Select(c => c.Name));

    private string LabelOf(Field field) => FieldLabels.Of(Schema, field);

    private bool IsRight(Field field) =>
        field.Type is FieldType.Integer or FieldType.Decimal or FieldType.Float && Schema.ReferenceOf(field.Name) is null;

    private ReferenceLabel? LabelOf(Field field, object? value) =>
        ReferredValue.Of(Schema, field.Name, value) is { } referred ? List.Labels.GetValueOrDefault(referred) : null;

    private static string CellText(Field field, object? value)
    {
        var text = ValueText.Display(field, value);
        return text.Length > LongText ? Words.Cut(text, LongText).ReplaceLineEndings(" ") : text;
    }
}
