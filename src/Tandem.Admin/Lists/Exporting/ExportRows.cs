using System.Runtime.CompilerServices;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists.Exporting;

/// <summary>One column of an exported file.</summary>
/// <param name="Header">Its name in the file.</param>
/// <param name="Field">The field it shows.</param>
/// <param name="IsName">Whether it shows what the referred record is called, instead of the value.</param>
internal sealed record ExportColumn(string Header, Field Field, bool IsName);

/// <summary>The records of a list, all pages of it, one page in memory at a time.</summary>
internal sealed class ExportRows(PageContext page, ITable table, Query query)
{
    private const int PageSize = 2_000;

    private readonly TableSchema _schema = table.Schema;

    /// <summary>The list's columns; behind each reference what it is called.</summary>
    public IReadOnlyList<ExportColumn> Columns { get; } = [.. query.Fields!.Select(f => table.Schema[f]).Where(f => !f.IsSecret).SelectMany(f => table.Schema.ReferenceOf(f.Name) is null
        ? new[] { new ExportColumn(f.Name, f, false) }
        : [new ExportColumn(f.Name, f, false), new ExportColumn(f.Name + " name", f, true)])];

    /// <summary>Reads page after page, each from where the one before ended, so that what others write meanwhile shifts nothing.</summary>
    /// <returns>Values in the order of <see cref="Columns"/>.</returns>
    public async IAsyncEnumerable<IReadOnlyList<object?[]>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var read = await table.QueryAsync(query with { First = PageSize, After = after }, cancellationToken);
            var referred = read.Records.SelectMany(r => Columns.Where(c => c.IsName).Select(c => ReferredValue.Of(_schema, c.Field.Name, r[c.Field.Name]))).OfType<ReferredValue>();
            var labels = await ReferenceLabels.ReadAsync(page.Look, referred, cancellationToken);
            yield return [.. read.Records.Select(r => Columns.Select(c => ValueOf(c, r, labels)).ToArray())];
            after = read.Next;
        }
        while (after is not null);
    }

    private object? ValueOf(ExportColumn column, Record record, IReadOnlyDictionary<ReferredValue, ReferenceLabel> labels)
    {
        var value = record[column.Field.Name];
        return !column.IsName ? value is Blob blob ? blob.Length : value
            : ReferredValue.Of(_schema, column.Field.Name, value) is { } referred && labels.TryGetValue(referred, out var label) ? label.Label : null;
    }
}
