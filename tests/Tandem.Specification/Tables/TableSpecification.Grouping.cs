using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Groups with counts and totals.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Groups_OfAField_CountLargestFirstWithNullOfItsOwn()
    {
        var kinds = await TableAsync("kinds");
        string?[] values = ["a", "a", "a", "A", "A", null, null, null, null, "b"];
        for (var i = 0; i < values.Length; i++)
        {
            await AddAsync(kinds, ("id", (long)i), ("text", values[i]));
        }

        var groups = await kinds.GroupAsync(new GroupQuery { By = "text" }, Token);
        Assert.Equal([(null, 4L), ("a", 3L), ("A", 2L), ("b", 1L)], groups.Items.Select(g => ((string?)g.Value, g.Count)));
        Assert.False(groups.HasMore);

        var cut = await kinds.GroupAsync(new GroupQuery { By = "text", First = 2 }, Token);
        Assert.Equal([4L, 3L], cut.Items.Select(g => g.Count));
        Assert.True(cut.HasMore);

        var some = await kinds.GroupAsync(new GroupQuery { By = "text", Filter = new Filter.Not(Filter.Eq("text", null)), IsByValue = true }, Token);
        Assert.Equal(["A", "a", "b"], some.Items.Select(g => (string)g.Value!).Order(StringComparer.Ordinal));
        Assert.Null((await kinds.GroupAsync(new GroupQuery { By = "text", IsByValue = true }, Token)).Items[^1].Value);
    }

    [Fact]
    public async Task Totals_OfDecimals_AreExact()
    {
        var goods = await TableAsync("goods");
        for (var i = 0; i < 30; i++)
        {
            await AddAsync(goods, ("name", $"good {i}"), ("price", i % 3 == 0 ? null : 0.1m * i), ("stock", (long)i), ("state", i % 2 == 0 ? "new" : "old"));
        }

        var query = new GroupQuery
        {
            Totals = [new Total("price", TotalKind.Sum), new Total("price", TotalKind.Least), new Total("price", TotalKind.Greatest), new Total("price", TotalKind.Average), new Total("stock", TotalKind.Sum)],
        };
        var whole = Assert.Single((await goods.GroupAsync(query, Token)).Items);
        Assert.Equal(30, whole.Count);
        Assert.Equal([30.0m, 0.1m, 2.9m, 1.5m, 435m], whole.Totals);

        var states = (await goods.GroupAsync(query with { By = "state", IsByValue = true }, Token)).Items;
        Assert.Equal(["new", "old"], states.Select(g => g.Value));
        Assert.Equal([15.0m, 0.2m, 2.8m, 1.5m, 210m], states[0].Totals);
        Assert.Equal([15.0m, 0.1m, 2.9m, 1.5m, 225m], states[1].Totals);
    }

    [Fact]
    public async Task Totals_OfNothing_AreNull()
    {
        var kinds = await TableAsync("kinds");
        var query = new GroupQuery { Totals = [new Total("decimal", TotalKind.Sum), new Total("float", TotalKind.Average), new Total("integer", TotalKind.Least)] };
        var whole = Assert.Single((await kinds.GroupAsync(query, Token)).Items);

        Assert.Equal(0, whole.Count);
        Assert.All(whole.Totals, Assert.Null);
        Assert.Empty((await kinds.GroupAsync(query with { By = "text" }, Token)).Items);
    }

    [Fact]
    public async Task Totals_BeyondAWholeNumber_AreStillExact()
    {
        var kinds = await TableAsync("kinds");
        await AddAsync(kinds, ("id", 1L), ("integer", long.MaxValue), ("decimal", 12345678901.25m), ("float", 0.5));
        await AddAsync(kinds, ("id", 2L), ("integer", long.MaxValue), ("decimal", 0.05m), ("float", 0.25));

        var whole = (await kinds.GroupAsync(new GroupQuery { Totals = [new Total("integer", TotalKind.Sum), new Total("decimal", TotalKind.Sum), new Total("float", TotalKind.Sum), new Total("float", TotalKind.Average)] }, Token)).Items[0];

        Assert.Equal([2m * long.MaxValue, 12345678901.30m, 0.75, 0.375], whole.Totals);
    }

    [Theory]
    [InlineData("date")]
    [InlineData("moment")]
    [InlineData("instant")]
    public async Task Groups_OfTime_AreDaysMonthsAndYears(string field)
    {
        var kinds = await TableAsync("kinds");
        Assert.SkipWhen(kinds.Schema[field].Type == FieldType.Text, "This database keeps such moments as texts.");
        DateTime?[] moments = [new(2025, 12, 31, 23, 59, 59), new(2026, 1, 1), new(2026, 1, 1, 12, 0, 0), new(2026, 2, 28, 8, 30, 0), new(999, 5, 6), null];
        for (var i = 0; i < moments.Length; i++)
        {
            await AddAsync(kinds, ("id", (long)i), (field, moments[i] is not { } at ? null : kinds.Schema[field].Type switch
            {
                FieldType.Date => DateOnly.FromDateTime(at),
                FieldType.DateTime => at,
                _ => (object)new DateTimeOffset(at, TimeSpan.Zero),
            }));
        }

        async Task<IEnumerable<(object?, long)>> BySpanAsync(GroupSpan span) =>
            (await kinds.GroupAsync(new GroupQuery { By = field, Span = span, IsByValue = true }, Token)).Items.Select(g => (g.Value, g.Count));
        Assert.Equal([(new DateOnly(999, 5, 6), 1), (new DateOnly(2025, 12, 31), 1), (new DateOnly(2026, 1, 1), 2), (new DateOnly(2026, 2, 28), 1), (null, 1)], await BySpanAsync(GroupSpan.Day));
        Assert.Equal([(new DateOnly(999, 5, 1), 1), (new DateOnly(2025, 12, 1), 1), (new DateOnly(2026, 1, 1), 2), (new DateOnly(2026, 2, 1), 1), (null, 1)], await BySpanAsync(GroupSpan.Month));
        Assert.Equal([(new DateOnly(999, 1, 1), 1), (new DateOnly(2025, 1, 1), 1), (new DateOnly(2026, 1, 1), 3), (null, 1)], await BySpanAsync(GroupSpan.Year));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Groups_OverRandomRecords_AreThoseOfTheScan(int seed)
    {
        var random = new RandomRecords(seed);
        var kinds = await TableAsync("kinds");
        for (var i = 0; i < 40; i++)
        {
            await AddAsync(kinds, [("id", (long)i), .. random.Fields(kinds.Schema)]);
        }

        var all = (await kinds.QueryAsync(new Query { First = 1000 }, Token)).Records;
        foreach (var field in kinds.Schema.Fields.Where(f => f.Type is not (FieldType.Bytes or FieldType.Json)))
        {
            var filter = random.Filter(kinds.Schema, depth: 2);
            var groups = (await kinds.GroupAsync(new GroupQuery { By = field.Name, Filter = filter }, Token)).Items;
            var told = $"seed {seed}, by {field.Name}, {RandomRecords.Describe(filter)}";
            Assert.True(all.Count(r => FilterEvaluator.Holds(filter, r)) == groups.Sum(g => g.Count), told);
            foreach (var group in groups)
            {
                Assert.True(group.Count == all.Count(r => FilterEvaluator.Holds(filter, r) && Values.Same(field, r[field.Name], group.Value)), $"{told}: {group.Value}");
            }
        }
    }

    [Fact]
    public async Task Groups_OfWhatCannotBeGrouped_AreRefusedByName()
    {
        var kinds = await TableAsync("kinds");

        async Task<string> FieldOf(GroupQuery query) => (await Assert.ThrowsAsync<QueryException>(() => kinds.GroupAsync(query, Token))).Field;
        Assert.Equal("bytes", await FieldOf(new GroupQuery { By = "bytes" }));
        Assert.Equal("nothing", await FieldOf(new GroupQuery { By = "nothing" }));
        Assert.Equal("nothing", await FieldOf(new GroupQuery { Filter = Filter.Eq("nothing", 1L) }));
        Assert.Equal("text", await FieldOf(new GroupQuery { Totals = [new Total("text", TotalKind.Sum)] }));
        Assert.Equal("$first", await FieldOf(new GroupQuery { First = GroupQuery.MostGroups + 1 }));
    }
}
