using Tandem.Changes;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Specification.Views;

/// <summary>
/// Random standing queries over random writes: after every write has been heard, the rows that a subscriber put together from
/// updates are those a fresh query gives, in order, with their values, and with the count.
/// </summary>
public static class ViewOracle
{
    private static readonly string[] s_words = ["apple", "Apple pie", "pear", "plum", "peach", "", "Zoë", "ärger", "fig"];

    /// <summary>Runs one random history.</summary>
    /// <param name="source">The table <c>goods</c> of <see cref="Tables.Shop"/>, empty.</param>
    /// <param name="options">How the live table keeps records.</param>
    /// <param name="seed">The history's number.</param>
    /// <param name="elsewhere">Writes as another program would; null to do without.</param>
    /// <param name="journal">Tells every change there was, oldest first, where a cursor is the number of a change; null where it is not. Then each update is compared with the records as they were at its cursor.</param>
    public static async Task RunAsync(ITable source, LiveTableOptions options, int seed, Func<Random, Task>? elsewhere = null, Func<Task<IReadOnlyList<Change>>>? journal = null)
    {
        var random = new Random(seed);
        var token = TestContext.Current.CancellationToken;
        List<RecordKey> keys = [];
        for (var i = 0; i < 30; i++)
        {
            await WriteAsync(source, random, keys, token);
        }

        await using var live = await LiveTable.OpenAsync(source, options, token);
        List<Exception> faults = [];
        live.Faulted += faults.Add;
        List<(Query Query, bool WithCount, ViewReader Reader)> views = [];
        for (var i = 0; i < 6; i++)
        {
            var query = QueryOf(random, source.Schema);
            views.Add((query, i % 2 == 0, new ViewReader(live, query, new WatchOptions { WithCount = i % 2 == 0 })));
        }

        try
        {
            for (var round = 0; round < 8; round++)
            {
                for (var i = random.Next(1, 12); i > 0; i--)
                {
                    await WriteAsync(random.Next(2) == 0 ? live : source, random, keys, token);
                    if (elsewhere is not null && random.Next(6) == 0)
                    {
                        await elsewhere(random);
                    }
                }

                foreach (var (query, withCount, reader) in views)
                {
                    await EqualAsync(source, query, withCount, reader, seed, token);
                }
            }

            Assert.Empty(faults);
            if (journal is not null)
            {
                var changes = await journal();
                foreach (var (query, withCount, reader) in views)
                {
                    EqualAtEachCursor(changes, source.Schema, query, withCount, reader, seed);
                }
            }
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} Faults: {string.Join("; ", faults)}");
        }
        finally
        {
            foreach (var (_, _, reader) in views)
            {
                await reader.DisposeAsync();
            }
        }
    }

    private static async Task EqualAsync(ITable source, Query query, bool withCount, ViewReader reader, int seed, CancellationToken token)
    {
        var page = await source.QueryAsync(query, token);
        var count = await source.CountAsync(query.Filter, token);
        var what = $"seed {seed}: {query.Filter} by {string.Join(",", query.Order)} first {query.First}: rows [{string.Join(", ", page.Records.Select(r => r.Key))}] of {count}";
        try
        {
            await reader.UntilAsync(
            rows => rows.Count == page.Records.Count
                && rows.Zip(page.Records).All(p => p.First.Record.Key.Equals(p.Second.Key) && SameValues(p.First.Record, p.Second))
                && reader.Snapshots > 0
                && (!withCount || reader.Count == count),
            what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} Order: {Ordered(page.Records, query)} but {Ordered([.. reader.Rows.Select(r => r.Record)], query)} Differences: {Differences(reader, page.Records)}");
        }
    }

    private static void EqualAtEachCursor(IReadOnlyList<Change> changes, TableSchema schema, Query query, bool withCount, ViewReader reader, int seed)
    {
        Dictionary<RecordKey, Record> records = [];
        var order = Comparer<Record>.Create((a, b) => PageCursor.TotalOrder(schema, query).Select(o => Compare(schema, a[o.Field], b[o.Field]) * (o.Descending ? -1 : 1)).FirstOrDefault(c => c != 0));
        var next = 0;
        foreach (var (cursor, rows, count) in reader.States)
        {
            while (next < changes.Count && changes[next].Sequence <= long.Parse(cursor.Value, System.Globalization.CultureInfo.InvariantCulture))
            {
                records = Replay.Onto(schema, records.Values, [changes[next++]]);
            }

            var matching = records.Values.Where(r => FilterEvaluator.Holds(query.Filter, r)).Order(order).ToList();
            var expected = matching.Take(query.First).ToList();
            Assert.True(
                rows.Count == expected.Count && rows.Zip(expected).All(p => p.First.Record.Key.Equals(p.Second.Key) && p.First.Record.Schema.Fields.All(f => Values.Same(f, p.First.Record[f.Name], p.Second[f.Name]))),
                $"seed {seed}: {query.Filter} by {string.Join(",", query.Order)} at {cursor}: rows [{string.Join(", ", rows.Select(r => r.Record.Key))}], not [{string.Join(", ", expected.Select(r => r.Key))}]");
            Assert.True(!withCount || count is null || count == matching.Count, $"seed {seed}: {query.Filter} at {cursor}: count {count}, not {matching.Count}");
        }
    }

    private static string Ordered(IReadOnlyList<Record> records, Query query) =>
        string.Join(" ", records.Select(r => $"{r.Key}({string.Join(",", query.Order.Select(o => r.Schema.Ordinal(o.Field) < 0 ? "?" : r[o.Field]))})"));

    /// <summary>The values in which a reader's rows differ from those they should be.</summary>
    private static string Differences(ViewReader reader, IReadOnlyList<Record> expected)
    {
        lock (reader.Rows)
        {
            return string.Join("; ", reader.Rows.Join(expected, r => r.Record.Key, r => r.Key, (a, b) => (a.Record, b))
                .SelectMany(p => p.Record.DifferencesTo(p.b).Select(d => $"{p.b.Key}.{d.Key}: {p.Record[d.Key]} for {d.Value}")));
        }
    }

    private static int Compare(TableSchema schema, object? a, object? b) => a is null || b is null
        ? ((a is null ? 0 : 1) - (b is null ? 0 : 1)) * (schema.NullsFirst ? 1 : -1)
        : Values.Compare(a, b);

    private static bool SameValues(Record a, Record b) =>
        b.Schema.Fields.All(f => a.Schema.Ordinal(f.Name) >= 0 && Values.Same(f, a[f.Name], b[f.Name]));

    private static async Task WriteAsync(ITable table, Random random, List<RecordKey> keys, CancellationToken token)
    {
        var by = new WriteContext("Ann");
        Write write = random.Next(10) switch
        {
            < 4 => new Write.Insert(ValuesOf(random, isNew: true), by),
            < 9 when keys.Count > 0 => new Write.Update(keys[random.Next(keys.Count)], ValuesOf(random, isNew: false), Guard.None, by),
            _ when keys.Count > 0 => new Write.Delete(keys[random.Next(keys.Count)], Guard.None, by),
            _ => new Write.Insert(ValuesOf(random, isNew: true), by),
        };
        if (await table.WriteAsync(write, token) is WriteResult.Written { Change.Kind: Changes.ChangeKind.Insert } added)
        {
            keys.Add(added.Stored.Key);
        }
    }

    private static Patch ValuesOf(Random random, bool isNew)
    {
        List<KeyValuePair<string, object?>> values = [];
        if (isNew)
        {
            values.Add(new("name", Guid.NewGuid().ToString("N")[..12]));
        }

        if (random.Next(2) == 0)
        {
            values.Add(new("price", random.Next(4) == 0 ? null : (decimal)random.Next(0, 20)));
        }

        if (isNew || random.Next(2) == 0)
        {
            values.Add(new("stock", random.Next(5) == 0 ? null : (long)random.Next(0, 8)));
        }

        if (values.Count == 0 || random.Next(3) == 0)
        {
            values.Add(new("note", random.Next(5) == 0 ? null : s_words[random.Next(s_words.Length)]));
        }

        return new Patch(values);
    }

    private static Query QueryOf(Random random, TableSchema schema)
    {
        List<Order> order = [];
        foreach (var field in new[] { "stock", "price", "note" }.OrderBy(_ => random.Next()).Take(random.Next(3)))
        {
            order.Add(new Order(field, random.Next(2) == 0));
        }

        return new Query
        {
            Filter = FilterOf(random, 2),
            Order = order,
            First = random.Next(3) switch { 0 => 3, 1 => 10, _ => 1_000 },
            Fields = random.Next(3) == 0 ? ["name", "stock"] : null,
        };
    }

    private static Filter FilterOf(Random random, int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => Filter.All,
        1 => Filter.Eq("stock", random.Next(4) == 0 ? null : (long)random.Next(0, 8)),
        2 => new Filter.In("stock", [(long)random.Next(0, 4), (long)random.Next(4, 8), null]),
        3 => new Filter.Match("note", (MatchOperator)random.Next(3), new[] { "p", "pe", "Ap", "", "ä" }[random.Next(5)]),
        4 => new Filter.Compare("price", (CompareOperator)random.Next(6), (decimal)random.Next(0, 20)),
        5 => new Filter.Compare("stock", (CompareOperator)random.Next(6), (long)random.Next(0, 8)),
        6 => FilterOf(random, depth - 1) & FilterOf(random, depth - 1),
        7 => FilterOf(random, depth - 1) | FilterOf(random, depth - 1),
        _ => new Filter.Not(FilterOf(random, depth - 1)),
    };
}
