using Tandem.Live.Views;
using Tandem.Records;

namespace Tandem.Tests.Live.Views;

public sealed class RoughTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 10).Select(_ => Random.Shared.Next())];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Compare_OfNumbersFarAndClose_NeverContradictsTheirOrder(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 10_000; i++)
        {
            var (a, b) = Pair(random);
            var told = Rough.Compare(Rough.Of(a), Rough.Of(b));
            Assert.True(told == 0 || told == Math.Sign(Values.Compare(a, b)), $"seed {seed}: {a} ({a.GetType().Name}) and {b} ({b.GetType().Name})");
        }
    }

    [Fact]
    public void Compare_OfValuesThatAreNoNumbers_TellsNothing()
    {
        Assert.Equal(0, Rough.Compare(Rough.Of("a"), Rough.Of(1L)));
        Assert.Equal(0, Rough.Compare(Rough.Of(double.NaN), Rough.Of(1m)));
        Assert.Equal(0, Rough.Compare(Rough.Of(double.PositiveInfinity), Rough.Of(double.PositiveInfinity)));
    }

    private static (object A, object B) Pair(Random random)
    {
        var number = Math.Round((decimal)random.NextDouble() * (decimal)Math.Pow(10, random.Next(0, 12)), random.Next(0, 15));
        var beside = number + (random.Next(3) switch { 0 => 0, 1 => 1m / (decimal)Math.Pow(10, random.Next(0, 27)), _ => random.Next(-5, 6) });
        return (Of(random, number), Of(random, beside));
    }

    private static object Of(Random random, decimal number) => random.Next(3) switch
    {
        0 => number,
        1 => (double)number,
        _ => (long)number,
    };
}
