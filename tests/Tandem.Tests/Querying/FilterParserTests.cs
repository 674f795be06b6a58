using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Record = Tandem.Records.Record;

namespace Tandem.Tests.Querying;

public sealed class FilterParserTests
{
    private static readonly TableSchema s_schema = new(
        "breads",
        [
            new Field("id", FieldType.Integer),
            new Field("name", FieldType.Text),
            new Field("price", FieldType.Decimal),
            new Field("weight", FieldType.Float),
            new Field("baked", FieldType.Date),
            new Field("at", FieldType.Instant),
            new Field("noon", FieldType.Time),
            new Field("local", FieldType.DateTime),
            new Field("uid", FieldType.Uuid),
            new Field("fresh", FieldType.Boolean),
            new Field("extras", FieldType.Json),
            new Field("picture", FieldType.Bytes),
            new Field("größe_名前", FieldType.Text),
            new Field("best \"before\"", FieldType.Date),
            new Field("not", FieldType.Integer),
            new Field("contains", FieldType.Text),
            new Field("token", FieldType.Text) { IsSecret = true },
        ],
        ["id"]);

    private static readonly Record s_record = new(
        s_schema,
        [
            7L, "O'Brien's rye", 3.50m, 0.5, new DateOnly(2026, 11, 20), new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero), new TimeOnly(12, 0),
            new DateTime(2026, 11, 20, 14, 30, 0), Guid.Parse("a196f3a0-0000-7000-8000-000000000000"), true, """{"a":1}""", null, "große", new DateOnly(2026, 12, 1), 3L, null, "secret",
        ]);

    [Theory]
    [InlineData("", true)]
    [InlineData("id eq 7", true)]
    [InlineData("id eq +7 and id gt -1", true)]
    [InlineData("price ge 3.5 and price lt 3.51e0", true)]
    [InlineData("weight eq 5e-1", true)]
    [InlineData("name eq 'O''Brien''s rye'", true)]
    [InlineData("baked le 2026-11-20 and at eq 2026-11-20T10:00:00Z", true)]
    [InlineData("at eq 2026-11-20T12:00:00+02:00 and local gt 2026-11-20T14:29", true)]
    [InlineData("noon eq 12:00 and baked eq '2026-11-20'", true)]
    [InlineData("uid eq a196f3a0-0000-7000-8000-000000000000", true)]
    [InlineData("fresh eq true and not (fresh eq false)", true)]
    [InlineData("picture eq null and name ne null", true)]
    [InlineData("id in (1, 7,null)", true)]
    [InlineData("not id in (1,2)", true)]
    [InlineData("contains(name,'rye') and startswith(name,'O''') and endswith(name,'rye')", true)]
    [InlineData("contains(name,'RYE')", false)]
    [InlineData("größe_名前 eq 'große'", true)]
    [InlineData("\"best \"\"before\"\"\" eq 2026-12-01 and \"not\" eq 3", true)]
    [InlineData("contains eq null", true)]
    [InlineData("id eq 1 or id eq 7 and price gt 100", false)]
    [InlineData("(id eq 7 or id eq 1) and not not price gt 1", true)]
    [InlineData("contains(price,'3.5')", true)]
    public void Filters_mean_what_they_say(string text, bool holds) =>
        Assert.Equal(holds, FilterEvaluator.Holds(FilterParser.Parse(s_schema, text), s_record));

    [Theory]
    [InlineData("id", "is expected")]
    [InlineData("id eq", "A value")]
    [InlineData("id eq 1 id eq 2", "'and', 'or' or the end")]
    [InlineData("id EQ 1", "one of eq")]
    [InlineData("(id eq 1", "')'")]
    [InlineData("id eq 1)", "the end")]
    [InlineData("name eq 'open", "never closed")]
    [InlineData("id in 1", "'('")]
    [InlineData("id in ()", "A value")]
    [InlineData("contains(name,rye)", "single quotes")]
    [InlineData("id = 1", "means nothing")]
    [InlineData("id eq 1; drop", "means nothing")]
    public void Malformed_filters_name_place_and_remedy(string text, string says)
    {
        var e = Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(s_schema, text));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Position, 0, text.Length);
    }

    [Theory]
    [InlineData("colour eq 1", "colour")]
    [InlineData("token eq 'x'", "token")]
    [InlineData("id eq 'seven'", "id")]
    [InlineData("id eq 1.5", "id")]
    [InlineData("name eq rye", "name")]
    [InlineData("baked gt null", "baked")]
    [InlineData("extras eq 'x'", "extras")]
    [InlineData("contains(picture,'x')", "picture")]
    [InlineData("baked eq ''", "baked")]
    [InlineData("fresh eq 2026-11-20", "fresh")]
    public void Values_that_do_not_fit_name_their_field(string text, string field)
    {
        var e = Assert.Throws<QueryException>(() => FilterParser.Parse(s_schema, text));
        Assert.Equal(field, e.Field);
        Assert.Contains($"'{field}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Size_is_bounded()
    {
        static string Nested(int levels) => new string('(', levels) + "id eq 1" + new string(')', levels);
        FilterParser.Parse(s_schema, Nested(99));
        Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(s_schema, Nested(101)));
        Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(s_schema, string.Concat(Enumerable.Repeat("not ", 500)) + "id eq 1"));
        FilterParser.Parse(s_schema, $"id in ({string.Join(',', Enumerable.Range(1, 1000))})");
        Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(s_schema, $"id in ({string.Join(',', Enumerable.Repeat("1", 1001))})"));
        Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(s_schema, $"name eq '{new string('x', 8000)}'"));
    }
}
