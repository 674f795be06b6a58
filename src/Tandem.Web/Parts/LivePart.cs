using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Parts;

/// <summary>
/// What all live parts share. A part is rendered with its value by the server, is of use before any script runs, and follows
/// the database once the page's script is there (<see cref="LiveScripts"/>). It works in static pages, in views and in interactive pages.
/// </summary>
public abstract class LivePart : ComponentBase
{
    [Inject] private IServiceProvider Services { get; set; } = null!;

    /// <summary>Further attributes of the part's element, such as <c>class</c>.</summary>
    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    /// <summary>The row of a list, or the form, that the part stands in.</summary>
    [CascadingParameter] internal LiveScope? Scope { get; set; }

    internal LivePage Page => Services.GetRequiredService<LivePage>();

    /// <summary>A key as people write it in a page: a value, several in an array, or a key.</summary>
    internal static RecordKey KeyOf(object key) => key switch
    {
        RecordKey known => known,
        object[] values => new RecordKey([.. values.Select(Stored)]),
        _ => new RecordKey(Stored(key)),
    };

    /// <summary>How a value is addressed: tables keep whole numbers as 64 bits.</summary>
    private static object Stored(object value) => value switch
    {
        int or short or byte => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => value,
    };

    internal static Field FieldOf(TableSchema schema, string name) => schema.Find(name) is { IsSecret: false } field
        ? field
        : throw new ArgumentException($"Table '{schema.Name}' has no field '{name}'. Check the part's Field; names are compared exactly.", nameof(name));
}

/// <summary>What the parts inside a form or a row of a list are about.</summary>
/// <param name="Schema">The table.</param>
/// <param name="Record">The record; null for a new one and for a list's template.</param>
/// <param name="Labels">For references, what people call the target.</param>
/// <param name="MayChange">Whether the user may change the record.</param>
/// <param name="IsRow">Whether it is a row of a list.</param>
internal sealed record LiveScope(TableSchema Schema, Record? Record, IReadOnlyDictionary<string, string?> Labels, bool MayChange, bool IsRow);
