using System.ComponentModel.DataAnnotations.Schema;
using System.Linq.Expressions;
using Tandem.Querying;
using Tandem.Querying.Lambdas;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tests.Querying.Lambdas;

/// <summary>Lambdas as filters: what each becomes, and what is refused with its name.</summary>
public sealed class FilterLambdaTests
{
    private const string Constant = "Rye";
    private static readonly DateOnly s_day = new(2026, 11, 20);

    private readonly Part _captured = new() { Price = 3.5m, Name = "Rye" };

    [Fact]
    public void Comparisons_BothWaysRound()
    {
        Same(p => p.Price > 3, new Filter.Compare("price", CompareOperator.Greater, 3m));
        Same(p => 3 >= p.Price, new Filter.Compare("price", CompareOperator.LessOrEqual, 3m));
        Same(p => p.Stock != 7, new Filter.Compare("stock", CompareOperator.NotEqual, 7L));
        Same(p => p.Name == Constant, Filter.Eq("name", "Rye"));
        Same(p => p.Day < s_day, new Filter.Compare("day", CompareOperator.Less, s_day));
        Same(p => p.Id == Guid.Empty, Filter.Eq("id", Guid.Empty));
        Same(p => p.Weight <= 2.5f, new Filter.Compare("weight", CompareOperator.LessOrEqual, 2.5));
    }

    [Fact]
    public void Conditions_Joined()
    {
        Same(p => p.Price > 3 && p.Name.StartsWith("R"), new Filter.Compare("price", CompareOperator.Greater, 3m) & new Filter.Match("name", MatchOperator.StartsWith, "R"));
        Same(p => p.IsSold || !p.IsNew!.Value, Filter.Eq("is_sold", true) | new Filter.Not(Filter.Eq("new", true)));
        Same(p => p.IsSold == false, Filter.Eq("is_sold", false));
        Same(p => (p.Price > 3) == false, new Filter.Not(new Filter.Compare("price", CompareOperator.Greater, 3m)));
        Assert.Equal(Filter.All, Filter.Of<Part>(_ => true));
        Assert.Equal(Filter.None, Filter.Of<Part>(p => false && p.IsSold));
        Assert.Equal(Filter.All, Filter.Of<Part>(p => _captured.Price > 3 || p.IsSold));
    }

    [Fact]
    public void Nulls_AreValues()
    {
        Same(p => p.Note == null, Filter.Eq("note", null));
        Same(p => null != p.Left, new Filter.Compare("left", CompareOperator.NotEqual, null));
        Same(p => p.Left.HasValue, new Filter.Compare("left", CompareOperator.NotEqual, null));
        Same(p => !p.Left.HasValue, new Filter.Not(new Filter.Compare("left", CompareOperator.NotEqual, null)));
        Same(p => p.Left!.Value > 2, new Filter.Compare("left", CompareOperator.Greater, 2L));
        Same(p => string.IsNullOrEmpty(p.Note), Filter.Eq("note", null) | Filter.Eq("note", ""));
    }

    [Fact]
    public void Values_AreReadFromVariablesMembersAndCalls()
    {
        var name = "Rye";
        int? left = 3;
        var time = new DateTime(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc);
        Same(p => p.Name == name, Filter.Eq("name", "Rye"));
        Same(p => p.Price == _captured.Price, Filter.Eq("price", 3.5m));
        Same(p => p.Name == _captured.Name.ToUpperInvariant(), Filter.Eq("name", "RYE"));
        Same(p => p.Left == left, Filter.Eq("left", 3L));
        Same(p => p.Stock > left, new Filter.Compare("stock", CompareOperator.Greater, 3L));
        Same(p => p.At > time.AddDays(1), new Filter.Compare("at", CompareOperator.Greater, new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero)));
        Same(p => p.Day == new DateOnly(2026, 11, 20), Filter.Eq("day", s_day));
    }

    [Fact]
    public void Values_AreReadOnceAndNullsOnTheWayAreNamed()
    {
        var counted = new Counted();
        Part? missing = null;
        int? left = 3;

        Same(p => p.Stock == counted.Next.Next.Reads, Filter.Eq("stock", 2L));
        Same(p => p.Stock == left.Value, Filter.Eq("stock", 3L));
        Same(p => p.IsSold == left.HasValue, Filter.Eq("is_sold", true));
        Assert.Equal("missing.Name", Assert.Throws<FilterExpressionException>(() => Filter.Of<Part>(p => p.Name == missing!.Name)).Part);
    }

    [Fact]
    public void Texts_AreMatchedByCodePointOrWithoutCase()
    {
        Same(p => p.Name.EndsWith("e", StringComparison.Ordinal), new Filter.Match("name", MatchOperator.EndsWith, "e"));
        Same(p => p.Name.Contains("Y", StringComparison.OrdinalIgnoreCase), new Filter.Match("name", MatchOperator.Contains, "Y", true));
        Same(p => p.Name.Contains('y'), new Filter.Match("name", MatchOperator.Contains, "y"));
        Same(p => p.Name.Equals("Rye"), Filter.Eq("name", "Rye"));
        Same(p => string.Equals(p.Name, "Rye"), Filter.Eq("name", "Rye"));
    }

    [Fact]
    public void Lists_OfEveryKind()
    {
        List<string> list = ["a", "b"];
        string[] array = ["a", "b"];
        HashSet<string> set = ["a", "b"];
        IReadOnlyCollection<string> collection = list;
        IEnumerable<string> lazy = list.Where(l => l.Length == 1);
        var wanted = new Filter.In("name", ["a", "b"]);
        Same(p => list.Contains(p.Name), wanted);
        Same(p => array.Contains(p.Name), wanted);
        Same(p => set.Contains(p.Name), wanted);
        Same(p => collection.Contains(p.Name), wanted);
        Same(p => lazy.Contains(p.Name), wanted);
        Same(p => new[] { "a", "b" }.Contains(p.Name), wanted);
        Same(p => new List<string> { "a", "b" }.Contains(p.Name), wanted);
        Same(p => new[] { 1, 2 }.Contains(p.Stock), new Filter.In("stock", [1L, 2L]));
        Same(p => new int?[] { 1, null }.Contains(p.Left), new Filter.In("left", [1L, null]));
        Same(p => !new[] { Kind.Old }.Contains(p.Kind), new Filter.Not(new Filter.In("kind", ["Old"])));
        Same(p => Enumerable.Contains(array, p.Name), wanted);
    }

    [Fact]
    public void Enums_ByNamesAndByNumbers()
    {
        var kind = Kind.Old;
        Same(p => p.Kind == Kind.Old, Filter.Eq("kind", "Old"));
        Same(p => kind != p.Kind, new Filter.Compare("kind", CompareOperator.NotEqual, "Old"));
        Same(p => p.Rank >= Kind.Old, new Filter.Compare("rank", CompareOperator.GreaterOrEqual, 1L));
        Same(p => p.Rank.Equals(Kind.New), Filter.Eq("rank", 0L));
        Same(p => p.Letter == 'x', Filter.Eq("letter", "x"));
    }

    [Fact]
    public void WholeNumbers_AgainstFractions_SayWhatCSharpSays()
    {
        Same(p => p.Stock > 2.5, new Filter.Compare("stock", CompareOperator.Greater, 2L));
        Same(p => p.Stock >= 2.5m, new Filter.Compare("stock", CompareOperator.Greater, 2L));
        Same(p => p.Stock < -2.5, new Filter.Compare("stock", CompareOperator.LessOrEqual, -3L));
        Same(p => p.Stock == 2.0, Filter.Eq("stock", 2L));
        Assert.Equal(Filter.None, Filter.Of<Part>(p => p.Stock == 2.5));
        Assert.Equal(Filter.None, Filter.Of<Part>(p => p.Stock > double.PositiveInfinity));
    }

    [Fact]
    public void WholeNumbers_AgainstLargeDoubles_AreNotRounded()
    {
        Same(p => p.Serial == 1234567890123456.0, Filter.Eq("serial", 1234567890123456L));
        Same(p => p.Serial >= 9007199254740991.0, new Filter.Compare("serial", CompareOperator.GreaterOrEqual, 9007199254740991L));
        Same(p => p.Serial < 1234567890123456.5, new Filter.Compare("serial", CompareOperator.LessOrEqual, 1234567890123456L));
        Same(p => p.Serial > long.MaxValue - 0.5m, new Filter.Compare("serial", CompareOperator.Greater, long.MaxValue - 1));
        Same(p => p.Serial >= (double)long.MinValue, new Filter.Compare("serial", CompareOperator.GreaterOrEqual, long.MinValue));
        Same(p => p.Serial < 9223372036854775808.0, new Filter.Compare("serial", CompareOperator.NotEqual, null));
    }

    [Fact]
    public void WholeNumbers_AgainstFloats_AreNotRounded()
    {
        var schema = new TableSchema("parts", [new Field("weight", FieldType.Integer)], []);

        Assert.Equal(new Filter.Compare("weight", CompareOperator.Greater, 12345678L), Filter.Of<Part>(p => p.Weight > 12345678f, schema));
    }

    [Fact]
    public void ListOfFractions_HoldsNoWholeNumberNearThem()
    {
        double[] list = [2.5, 3, 1234567890123456];

        Same(p => list.Contains(p.Serial), new Filter.In("serial", [3L, 1234567890123456L]));
    }

    [Fact]
    public void ValueThatIsNoneOfItsField_IsRefusedWithItsCause()
    {
        var schema = new TableSchema("parts", [new Field("weight", FieldType.Decimal)], []);

        Assert.IsType<OverflowException>(Assert.Throws<FilterExpressionException>(() => Filter.Of<Part>(p => p.Weight > float.MaxValue, schema)).InnerException);
    }

    [Fact]
    public void Fields_AreFoundByTheTablesNamesWhenItIsGiven()
    {
        var schema = new TableSchema("parts", [new Field("UnitPRICE", FieldType.Integer), new Field("Name", FieldType.Text)], []);

        Assert.Equal(Filter.Eq("UnitPRICE", 3L), Filter.Of<Other>(o => o.UnitPrice == 3m, schema));
        Assert.Equal(new Order("UnitPRICE", true), Order.Of<Other>(o => o.UnitPrice, descending: true, schema));
        Assert.Equal(new Order("unit_price"), Order.Of<Other>(o => o.UnitPrice));
        Assert.Contains("no field", Assert.Throws<FilterExpressionException>(() => Filter.Of<Other>(o => o.Missing, schema)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<Expression<Func<Part, bool>>, string> Refusals => new()
    {
        { p => p.Name.Trim() == "x", "p.Name.Trim()" },
        { p => p.Name.Length > 3, "p.Name.Length" },
        { p => p.Price + 1 > 3, "(p.Price + 1)" },
        { p => p.Price == p.Weight2, "(p.Price == p.Weight2)" },
        { p => p.Day.Year == 2026, "p.Day.Year" },
        { p => p.Name.StartsWith("r", StringComparison.CurrentCulture), "p.Name.StartsWith(\"r\", CurrentCulture)" },
        { p => p.Name.StartsWith(p.Note!), "p.Name.StartsWith(p.Note)" },
        { p => p.Kind > Kind.New, "p.Kind" },
        { p => (p.Note ?? "") == "x", "(p.Note ?? \"\")" },
        { p => p.Loose == 3, "p.Loose" },
        { p => (int)p.Price == 3, "Convert(p.Price, Int32)" },
        { p => p.Weight == float.NaN, "(p.Weight == NaN)" },
        { p => new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" }.Contains(p.Name), "Contains(p.Name)" },
        { p => p.Tags.Contains("x"), "p.Tags.Contains(\"x\")" },
        { p => (p.IsSold ? 1 : 2) == 1, "IIF(p.IsSold, 1, 2)" },
        { p => string.Compare(p.Name, "x") > 0, "Compare(p.Name, \"x\")" },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void WhatHasNoCounterpart_IsRefusedByName(Expression<Func<Part, bool>> lambda, string part)
    {
        var refused = Assert.Throws<FilterExpressionException>(() => Filter.Of(lambda));

        Assert.Contains(part, refused.Part, StringComparison.Ordinal);
        Assert.StartsWith($"{refused.Part} cannot be turned into a filter. ", refused.Message, StringComparison.Ordinal);
        Assert.IsType<TandemException>(refused, exactMatch: false);
    }

    [Fact]
    public void Refusal_NamesVariablesAsTheyAreWritten()
    {
        var limit = 3;

        Assert.Equal("(p.Stock + limit)", Assert.Throws<FilterExpressionException>(() => Filter.Of<Part>(p => p.Stock + limit > 2)).Part);
    }

    private static void Same(Expression<Func<Part, bool>> lambda, Filter wanted) => Assert.Equal(Text(wanted), Text(Filter.Of(lambda)));

    private static string Text(Filter filter) => filter switch
    {
        Filter.And and => $"({string.Join(" and ", and.Filters.Select(Text))})",
        Filter.Or or => $"({string.Join(" or ", or.Filters.Select(Text))})",
        Filter.Not not => $"not {Text(not.Inner)}",
        Filter.In list => $"{list.Field} in {string.Join(',', list.Values.Select(v => v is null ? "null" : $"{v.GetType().Name} {ValueText.Plain(v)}"))}",
        Filter.Compare compare => $"{compare.Field} {compare.Operator} {compare.Value?.GetType().Name} {ValueText.Plain(compare.Value)}",
        _ => filter.ToString(),
    };

    public enum Kind
    {
        New,
        Old,
    }

    public sealed class Part
    {
        public Guid Id { get; set; }

        public string Name { get; set; } = "";

        public string? Note { get; set; }

        public decimal Price { get; set; }

        public decimal Weight2 { get; set; }

        public float Weight { get; set; }

        public int Stock { get; set; }

        public long Serial { get; set; }

        public int? Left { get; set; }

        public bool IsSold { get; set; }

        [Column("new")]
        public bool? IsNew { get; set; }

        public Kind Kind { get; set; }

        [Column(TypeName = "integer")]
        public Kind Rank { get; set; }

        public char Letter { get; set; }

        public DateOnly Day { get; set; }

        public DateTimeOffset At { get; set; }

        [NotMapped]
        public int Loose { get; set; }

        [NotMapped]
        public List<string> Tags { get; set; } = [];
    }

    /// <summary>Counts how often it was asked.</summary>
    private sealed class Counted
    {
        private int _reads;

        public Counted Next
        {
            get
            {
                _reads++;
                return this;
            }
        }

        public int Reads => _reads;
    }

    private sealed class Other
    {
        public decimal UnitPrice { get; set; }

        public bool Missing { get; set; }
    }
}
