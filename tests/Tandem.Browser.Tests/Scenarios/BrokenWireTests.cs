using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>The connection breaks in every way it can; what is typed stays, and what was missed is told.</summary>
public sealed class BrokenWireTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task Socket_KilledWhileTyping_IsOpenedAgainAndNothingIsMissed(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var (first, second) = (served.Subject.First, served.Subject.Second);
        var key = await served.AddSubjectAsync();
        await using var wire = new Wire(served.Address);
        var mira = await PersonAsync(Mira, served);
        mira.Address = wire.Address;
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync(first, "Typed through it all");

        wire.Cut();
        await StateAsync(mira, NotLive());
        await served.ChangeAsync(served.Subject.Table, key, new Dictionary<string, object?> { [second] = "Changed meanwhile" });
        wire.Mend();

        await mira.LiveAsync();
        await mira.ShowsAsync(second, "Changed meanwhile");
        await mira.ShowsAsync(first, "Typed through it all");
        await mira.SavedAsync();
        Assert.Equal("Typed through it all", await served.ReadSubjectAsync(key, first));
    }

    [Fact]
    public async Task Server_PausedAndGoingOn_IsNoticedAndCaughtUpWith()
    {
        var served = await OwnAsync(Data.Bakery, Store.PostgreSql);
        var other = await SecondNodeAsync(served);
        var key = await served.AddSubjectAsync();
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, other));
        await mira.OpenSubjectAsync(key);
        await tom.OpenSubjectAsync(key);
        await mira.TypeAsync("street", "Typed while it stood still");

        await served.Process.PauseAsync();
        await tom.TypeAsync("town", "Written elsewhere");
        await tom.SavedAsync();
        // Twice fifteen seconds without a word are the longest that a page believes in its server.
        await Expect(mira.Page.Locator("[data-live-sign]")).ToHaveAttributeAsync("data-state", NotLive(), new() { Timeout = 40_000 });
        await served.Process.GoOnAsync();

        await Expect(mira.Page.Locator("[data-live-sign]")).ToHaveAttributeAsync("data-state", "live", new() { Timeout = 40_000 });
        await mira.ShowsAsync("town", "Written elsewhere");
        await mira.ShowsAsync("street", "Typed while it stood still");
        await mira.SavedAsync();
        await tom.ShowsAsync("street", "Typed while it stood still");
    }

    [Fact]
    public async Task Node_KilledAndBack_ItsPageGoesOnWhereItWas_TheOtherNodeNeverStops()
    {
        var served = await OwnAsync(Data.Chinook, Store.PostgreSql);
        var other = await SecondNodeAsync(served);
        var (first, second) = (served.Subject.First, served.Subject.Second);
        var key = await served.AddSubjectAsync();
        var (mira, tom, ann) = (await PersonAsync(Mira, served), await PersonAsync(Tom, other), await PersonAsync("Ann Berg", other));
        foreach (var person in new[] { mira, tom, ann })
        {
            await person.OpenSubjectAsync(key);
        }

        await mira.TypeAsync(first, "Mira's");
        await served.Process.KillAsync();
        await StateAsync(mira, NotLive());
        await tom.TypeAsync(second, "Tom's");
        await tom.SavedAsync();
        await ann.ShowsAsync(second, "Tom's");
        await mira.SaveAsync();
        await Expect(mira.Notice).ToContainTextAsync("The server did not answer");

        await served.Process.StartAsync();
        await mira.LiveAsync();
        await mira.ShowsAsync(second, "Tom's");
        await mira.ShowsAsync(first, "Mira's");
        await mira.SavedAsync();
        await tom.ShowsAsync(first, "Mira's");
        await ann.ShowsAsync(first, "Mira's");
    }

    private static Task StateAsync(Person person, Regex state) =>
        Expect(person.Page.Locator("[data-live-sign]")).ToHaveAttributeAsync("data-state", state);

    private static Regex NotLive() => new("^(reconnecting|gone|connecting)$");
}
