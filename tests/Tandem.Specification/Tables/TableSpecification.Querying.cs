using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Specification.Tables;

/// <content>Questions: filters against the evaluator as oracle, orders, pages.</content>
public abstract partial class TableSpecification
{
    public static TheoryData<int> Seeds => new(Random.Shared.Next(1_000_000), Random.Shared.Next(1_000_000));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Filters_OverRandomRecords_HoldAsTheEvaluatorSays(int seed)
    {
        var random = new RandomRecords(seed);
        var kinds = await TableAsync("kinds");
        for (var i = 0; i < 40; i++)
        {
            await AddAsync(kinds, [("id", (long)i), .. random.Fields(kinds.Schema)]);
        }

        var all = (await kinds.QueryAsync(new Query { First = 1000 }, Token)).Records;
        for (var i = 0; i < 150; i++)
        {
            var filter = random.Filter(kinds.Schema, depth: 3);
            var expected = all.Where(r => FilterEvaluator.Holds(filter, r)).Select(r => (long)r["id"]!).Order();
            var found = (await kinds.QueryAsync(new Query { Filter = filter, First = 1000 }, Token)).Records.Select(r => (long)r["id"]!).Order();
            Assert.True(expected.SequenceEqual(found), $"seed {seed}, {RandomRecords.Describe(filter)}: expected {string.Join(",", expected)}, found {string.Join(",", found)}");
            Assert.Equal(expected.Count(), await kinds.CountAsync(filter, Token));
        }
    }

    [Theory]
    [InlineData("integer")]
    [InlineData("decimal")]
    [InlineData("float")]
    [InlineData("date")]
    [InlineData("boolean")]
    public async Task Order_ByAnyKindOfValue_IsByValueNotByItsText(string field)
    {
        var kinds = await TableAsync("kinds");
        object?[] values = field switch
        {
            "integer" => [9L, 100L, -3L, 10L, null],
            "decimal" => [9.5m, 100m, -3.25m, 10m, null],
            "float" => [9.5, 100.0, -3.25, 1e10, null],
            "date" => [new DateOnly(2026, 11, 20), new DateOnly(999, 1, 1), new DateOnly(2026, 2, 3), null],
            _ => [true, false, null],
        };
        for (var i = 0; i < values.Length; i++)
        {
            await AddAsync(kinds, ("id", (long)i), (field, values[i]));
        }

        foreach (var descending in new[] { false, true })
        {
            var page = await kinds.QueryAsync(new Query { Order = [new Order(field, descending)] }, Token);
            var found = page.Records.Select(r => r[field]).OfType<object>().ToList();
            var expected = values.OfType<object>().Order(Comparer<object>.Create(Values.Compare)).ToList();
            Assert.Equal(descending ? Enumerable.Reverse(expected) : expected, found);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Pages_InAnyOrder_VisitEachRecordOnceForwardsAndBackwards(int seed)
    {
        var random = new RandomRecords(seed);
        var pairs = await TableAsync("pairs");
        for (var i = 0; i < 60; i++)
        {
            await AddAsync(pairs, [("area", "aAbB ,é"[i % 7].ToString()), ("number", i / 3L), .. random.Fields(pairs.Schema)]);
        }

        var all = (await pairs.QueryAsync(new Query { First = 1000 }, Token)).Records;
        Assert.Equal(60, all.Count);
        for (var round = 0; round < 25; round++)
        {
            var query = new Query
            {
                Order = random.Order(pairs.Schema),
                Filter = round % 3 == 0 ? random.Filter(pairs.Schema, 1) : Filter.All,
                First = random.Next(1, 9),
                Fields = round % 4 == 0 ? ["label"] : null,
            };
            var told = $"seed {seed}, order {string.Join(", ", query.Order)}, first {query.First}, {RandomRecords.Describe(query.Filter)}";
            var total = PageCursor.TotalOrder(pairs.Schema, query);
            var expected = all.Where(r => FilterEvaluator.Holds(query.Filter, r)).Order(Comparer<Record>.Create((a, b) => Compare(pairs.Schema, total, a, b))).Select(r => r.Key.ToString()).ToList();

            var forwards = await WalkAsync(pairs, query);
            var backwards = await WalkAsync(pairs, query with { Backward = true });

            Assert.True(expected.SequenceEqual(forwards), $"forwards, {told}: expected {string.Join(" ", expected)}, walked {string.Join(" ", forwards)}");
            Assert.True(expected.SequenceEqual(backwards), $"backwards, {told}: expected {string.Join(" ", expected)}, walked {string.Join(" ", backwards)}");
        }
    }

    [Fact]
    public async Task Page_InTheMiddle_LeadsBackToWhereItCameFrom()
    {
        var pairs = await TableAsync("pairs");
        for (var i = 0L; i < 10; i++)
        {
            await AddAsync(pairs, ("area", "a"), ("number", i));
        }

        var query = new Query { Order = [new Order("number", Descending: true)], First = 4 };
        var first = await pairs.QueryAsync(query, Token);
        var second = await pairs.QueryAsync(query with { After = first.Next }, Token);
        var back = await pairs.QueryAsync(query with { After = second.Previous, Backward = true }, Token);
        var third = await pairs.QueryAsync(query with { After = second.Next }, Token);

        Assert.Equal([9L, 8L, 7L, 6L], first.Records.Select(r => r["number"]));
        Assert.Null(first.Previous);
        Assert.Equal([5L, 4L, 3L, 2L], second.Records.Select(r => r["number"]));
        Assert.Equal(first.Records.Select(r => r.Key), back.Records.Select(r => r.Key));
        Assert.Equal([1L, 0L], third.Records.Select(r => r["number"]));
        Assert.Null(third.Next);
        Assert.NotNull(third.Previous);
    }

    [Fact]
    public async Task Query_OfNothing_IsAnEmptyPage()
    {
        var page = await (await TableAsync("pairs")).QueryAsync(new Query { Filter = Filter.None }, Token);

        Assert.Empty(page.Records);
        Assert.Null(page.Next);
        Assert.Null(page.Previous);
    }

    [Fact]
    public async Task Query_ThatIsMalformed_NamesWhatIsWrong()
    {
        var pairs = await TableAsync("pairs");
        await AddAsync(pairs, ("area", "a"), ("number", 1L));
        await AddAsync(pairs, ("area", "a"), ("number", 2L));
        var byLabel = (await pairs.QueryAsync(new Query { Order = [new Order("label")], First = 1 }, Token)).Next;

        async Task<string> FieldOf(Query query) => (await Assert.ThrowsAsync<QueryException>(() => pairs.QueryAsync(query, Token))).Field;
        Assert.Equal("nothing", await FieldOf(new Query { Filter = Filter.Eq("nothing", 1L) }));
        Assert.Equal("nothing", await FieldOf(new Query { Filter = new Filter.Not(new Filter.In("nothing", [])) }));
        Assert.Equal("nothing", await FieldOf(new Query { Filter = new Filter.Or([Filter.All, new Filter.Match("nothing", MatchOperator.Contains, "x")]) }));
        Assert.Equal("nothing", await FieldOf(new Query { Fields = ["nothing"] }));
        Assert.Equal("$orderby", await FieldOf(new Query { Order = [new Order("nothing")] }));
        Assert.Equal("$after", await FieldOf(new Query { After = "nonsense" }));
        Assert.Equal("$after", await FieldOf(new Query { After = byLabel }));
        Assert.Equal("nothing", (await Assert.ThrowsAsync<QueryException>(() => pairs.CountAsync(Filter.Eq("nothing", 1L), Token))).Field);
    }

    /// <summary>The order as it is meant: by value, null where the source puts it.</summary>
    private static int Compare(TableSchema schema, IReadOnlyList<Order> total, Record a, Record b)
    {
        foreach (var order in total)
        {
            var (x, y) = (a[order.Field], b[order.Field]);
            var compared = (x, y) switch
            {
                (null, null) => 0,
                (null, _) => schema.NullsFirst ? -1 : 1,
                (_, null) => schema.NullsFirst ? 1 : -1,
                _ => Values.Compare(x, y),
            };
            if (compared != 0)
            {
                return order.Descending ? -compared : compared;
            }
        }

        return 0;
    }

    private static async Task<List<string>> WalkAsync(Tandem.Tables.ITable table, Query query)
    {
        List<string> keys = [];
        string? after = null;
        do
        {
            var page = await table.QueryAsync(query with { After = after }, Token);
            Assert.True(page.Records.Count <= query.First);
            var visited = page.Records.Select(r => r.Key.ToString());
            keys.InsertRange(query.Backward ? 0 : keys.Count, visited);
            after = query.Backward ? page.Previous : page.Next;
            Assert.True(after is null || page.Records.Count == query.First, "a page before the last is full");
        }
        while (after is not null);
        return keys;
    }
}
