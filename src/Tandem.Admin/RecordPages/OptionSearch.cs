using System.Globalization;
using System.Runtime.CompilerServices;
using Tandem.Activating;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Admin.RecordPages;

/// <summary>
/// Finds records by what they are called while somebody types, in a time that does not grow with the table. First what an index finds
/// at once: the key, and names that begin with the text. Of an activatable table only active records are offered.
/// Then, for as long as people do not notice, names that hold it anywhere.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="fields">The fields to bring.</param>
/// <param name="isLarge">Whether the table may be too large to be looked through; where it is not, no limit of time cuts a busy moment short.</param>
internal sealed class OptionSearch(ITable table, IReadOnlyList<string> fields, bool isLarge)
{
    private const int Most = 20;

    /// <summary>How long what an index should find may take.</summary>
    private static readonly TimeSpan s_indexed = TimeSpan.FromMilliseconds(20);

    /// <summary>How long names are looked through.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(55);

    /// <summary>How long a table counts as one without an index on its names, once that was found out.</summary>
    private static readonly TimeSpan s_forget = TimeSpan.FromMinutes(2);

    private static readonly ConditionalWeakTable<TableSchema, StrongBox<long>> s_unindexed = [];

    private readonly Dictionary<RecordKey, Record> _found = [];

    private bool IsIndexed => !s_unindexed.TryGetValue(table.Schema, out var since) || TimeProvider.System.GetElapsedTime(since.Value) > s_forget;

    /// <summary>Whether there may be more than was found, because the time was up.</summary>
    public bool IsCut { get; private set; }

    /// <param name="text">What was typed; empty for the first records.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<IReadOnlyList<Record>> FindAsync(string text, CancellationToken cancellationToken)
    {
        var schema = table.Schema;
        var label = schema.LabelFields.Count > 0 ? schema[schema.LabelFields[0]] : null;
        Order[] byLabel = label is null ? [] : [new Order(label.Name)];
        if (text.Length == 0)
        {
            // Without an index on what records are called, those first by key must do.
            if (!IsIndexed || !await AddAsync(Filter.All, byLabel, s_patience, cancellationToken))
            {
                Unindexed();
                await AddAsync(Filter.All, [], null, cancellationToken);
            }

            return [.. _found.Values];
        }

        if (ByKey(schema, text) is { } key)
        {
            await AddAsync(key, [], null, cancellationToken);
        }

        if (label is { Type: FieldType.Text } && IsIndexed)
        {
            foreach (var start in Spellings(text))
            {
                if (!await AddAsync(From(label.Name, start), byLabel, s_indexed, cancellationToken))
                {
                    Unindexed();
                    break;
                }
            }
        }

        if (_found.Count < Most)
        {
            // In no order but the key's: the search ends where enough is found.
            var anywhere = Lists.ListQuery.Quick(schema, text);
            IsCut = anywhere != Filter.None && !await AddAsync(anywhere, [], s_patience, cancellationToken);
        }

        return [.. _found.Values.Take(Most)];
    }

    /// <returns>Whether the search came to its end in time.</returns>
    private async Task<bool> AddAsync(Filter filter, IReadOnlyList<Order> order, TimeSpan? patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (isLarge && patience is { } wait)
        {
            limit.CancelAfter(wait);
        }

        try
        {
            var page = await table.QueryAsync(new Query { Filter = ActiveChoices.Of(table.Schema, ActiveChoice.Active) & filter, Order = order, First = Most, Fields = fields }, limit.Token);
            foreach (var record in page.Records)
            {
                _found.TryAdd(record.Key, record);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Unindexed()
    {
        if (IsIndexed)
        {
            s_unindexed.AddOrUpdate(table.Schema, new StrongBox<long>(TimeProvider.System.GetTimestamp()));
        }
    }

    private static Filter? ByKey(TableSchema schema, string text) => schema.Key.Count != 1 ? null : schema[schema.Key[0]].Type switch
    {
        FieldType.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => Filter.Eq(schema.Key[0], number),
        FieldType.Uuid when Guid.TryParse(text, out var id) => Filter.Eq(schema.Key[0], id),
        FieldType.Text => Filter.Eq(schema.Key[0], text),
        _ => null,
    };

    /// <summary>An index tells letters of either case apart; people do not. These are the cases names begin in.</summary>
    private static IEnumerable<string> Spellings(string text) =>
        new[] { char.ToUpperInvariant(text[0]) + text[1..], text, text.ToLowerInvariant(), text.ToUpperInvariant() }.Distinct();

    /// <summary>From the text itself up to what no text that begins with it comes after.</summary>
    private static Filter From(string field, string start) =>
        new Filter.Compare(field, CompareOperator.GreaterOrEqual, start) & new Filter.Compare(field, CompareOperator.Less, start + "\uFFFD");
}
