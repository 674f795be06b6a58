using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>The scenario everything stands on: two people, two browsers, one record.</summary>
public sealed class TwoPeopleTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task TwoPeople_OneRecord_NeitherLosesAnything(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        await TwoPeople.EditOneRecordAsync(served, await PersonAsync(Mira, served), await PersonAsync(Tom, served));
    }

    [Fact]
    public async Task TwoPeople_OnTwoNodes_NeitherLosesAnything()
    {
        var first = await OwnAsync(Data.Chinook, Store.PostgreSql);
        var second = await SecondNodeAsync(first);
        // Whoever signed in before one node is known to the other.
        var mira = await PersonAsync(Mira, first);
        var tom = await PersonAsync(Tom, second);
        await TwoPeople.EditOneRecordAsync(first, mira, tom);
    }
}
