using System.Linq.Expressions;
using FsCheck;
using FsCheck.Fluent;
using Tandem.Entities;
using Tandem.Querying;

namespace Tandem.Tests.Querying.Lambdas;

/// <summary>For random objects and random lambdas, a filter of a record says what the lambda says of the object.</summary>
public sealed class FilterLambdaPropertyTests
{
    private static readonly Tandem.Schema.TableSchema s_schema = EntitySchema.Of(typeof(Thing), "things");
    private static readonly EntityMap<Thing> s_map = new(s_schema);
    private static readonly Gen<string> s_texts = Gen.Choose(0, 3).SelectMany(n => Gen.Elements('a', 'b', 'A', 'ß', '%', '_').ArrayOf(n)).Select(c => new string(c));
    private static readonly Gen<int> s_numbers = Gen.Choose(-3, 3);
    private static readonly Gen<DateTimeOffset> s_times = Gen.Choose(0, 3).Select(h => new DateTimeOffset(2026, 11, 20, h, 0, 0, TimeSpan.FromHours(h - 1)));

    private static readonly Gen<Thing> s_things =
        from number in s_numbers
        from left in Gen.OneOf(Gen.Constant((int?)null), s_numbers.Select(n => (int?)n))
        from price in Gen.Choose(-30, 30)
        from real in Gen.Choose(-30, 30)
        from name in s_texts
        from note in Gen.OneOf(Gen.Constant((string?)null), s_texts.Select(t => (string?)t))
        from isOn in Gen.Elements(true, false)
        from shade in Gen.Elements(Enum.GetValues<Shade>())
        from at in s_times
        select new Thing { Number = number, Left = left, Price = price / 10m, Real = real / 10.0, Name = name, Note = note, IsOn = isOn, Shade = shade, At = at };

    [Fact]
    public void Filters_OfRandomLambdas_EqualLinqToObjects()
    {
        var cases = from things in s_things.ListOf(12) from lambda in Lambdas(3) select (things, lambda);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var filter = Filter.Of(c.lambda, s_schema);
            var holds = c.lambda.Compile();
            foreach (var thing in c.things)
            {
                var record = new Tandem.Records.Record(s_schema, [.. s_map.ToPatch(thing).Values]);
                Assert.True(holds(thing) == FilterEvaluator.Holds(filter, record), $"{c.lambda} as {filter} of {thing.Number} {thing.Left} {thing.Price} {thing.Real} '{thing.Name}' '{thing.Note}' {thing.Shade} {thing.At}");
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    private static Gen<Expression<Func<Thing, bool>>> Lambdas(int depth) => depth == 0 ? Leaves() : Gen.Frequency(
        (2, Leaves()),
        (1, from a in Lambdas(depth - 1) from b in Lambdas(depth - 1) select Join(a, b, Expression.AndAlso)),
        (1, from a in Lambdas(depth - 1) from b in Lambdas(depth - 1) select Join(a, b, Expression.OrElse)),
        (1, Lambdas(depth - 1).Select(a => Expression.Lambda<Func<Thing, bool>>(Expression.Not(a.Body), a.Parameters))));

    private static Gen<Expression<Func<Thing, bool>>> Leaves() =>
        from n in s_numbers
        from list in s_numbers.ListOf(2)
        from left in Gen.OneOf(Gen.Constant((int?)null), s_numbers.Select(i => (int?)i))
        from tenths in Gen.Choose(-30, 30)
        from text in s_texts
        from shade in Gen.Elements(Enum.GetValues<Shade>())
        from at in s_times
        from leaf in Gen.Elements(All(n, [.. list], left, tenths, text, shade, at))
        select leaf;

    private static Expression<Func<Thing, bool>>[] All(int n, int[] list, int? left, int tenths, string text, Shade shade, DateTimeOffset at)
    {
        var (exact, real) = (tenths / 10m, tenths / 10.0);
        return
        [
            t => t.Number == n, t => t.Number != n, t => n < t.Number, t => t.Number <= n, t => t.Number > real, t => t.Number >= exact, t => real > t.Number, t => t.Number == exact, t => t.Number != real,
            t => t.Left == left, t => t.Left != left, t => t.Left > left, t => t.Left <= n, t => t.Left.HasValue, t => t.Left == null, t => t.Left != null && t.Left.Value >= n, t => t.Left >= exact,
            t => t.Price == exact, t => t.Price < n, t => exact >= t.Price, t => t.Real > real, t => t.Real <= n, t => t.Real != real,
            t => t.Name == text, t => t.Name.StartsWith(text, StringComparison.Ordinal), t => t.Name.EndsWith(text, StringComparison.Ordinal), t => t.Name.Contains(text),
            t => t.Name.Contains(text, StringComparison.OrdinalIgnoreCase), t => t.Name.StartsWith(text, StringComparison.OrdinalIgnoreCase), t => t.Name.Contains('a'),
            t => t.Note == text, t => t.Note != text, t => t.Note != null && t.Note.Contains(text), t => string.IsNullOrEmpty(t.Note), t => t.Name.Equals(text),
            t => t.IsOn, t => !t.IsOn, t => t.IsOn == (n > 0), t => t.Shade == shade, t => shade != t.Shade, t => new[] { shade, Shade.Light }.Contains(t.Shade),
            t => list.Contains(t.Number), t => new[] { left, n }.Contains(t.Left), t => list.ToList().Contains(t.Number), t => new[] { text, "a" }.Contains(t.Note),
            t => t.At > at, t => t.At == at, t => at.AddHours(1) >= t.At, _ => n > 0,
        ];
    }

    private static Expression<Func<Thing, bool>> Join(Expression<Func<Thing, bool>> a, Expression<Func<Thing, bool>> b, Func<Expression, Expression, Expression> join) =>
        Expression.Lambda<Func<Thing, bool>>(join(a.Body, new Renamed(b.Parameters[0], a.Parameters[0]).Visit(b.Body)), a.Parameters);

    private enum Shade
    {
        Dark,
        Light,
        Grey,
    }

    private sealed class Thing
    {
        public int Id { get; set; }

        public int Number { get; set; }

        public int? Left { get; set; }

        public decimal Price { get; set; }

        public double Real { get; set; }

        public string Name { get; set; } = "";

        public string? Note { get; set; }

        public bool IsOn { get; set; }

        public Shade Shade { get; set; }

        public DateTimeOffset At { get; set; }
    }

    private sealed class Renamed(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
