using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Records that become active and inactive while people look at them. The server goes by its own clock, so the windows are short.</summary>
public sealed partial class ActivationTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task List_WhileTimePasses_SaysWhatTurnsAndLeadsToIt(Store store)
    {
        var served = await ServeAsync(store);
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await tom.VisitAsync("/t/offers");
        await mira.VisitAsync("/t/offers?active=all");
        await Expect(tom.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(mira.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(Mark(mira, 3)).ToHaveTextAsync("inactive");
        await mira.LiveAsync();
        await tom.LiveAsync();

        await served.ChangeAsync("offers", "2", new Dictionary<string, object?> { ["valid_from"] = In(4), ["valid_until"] = In(3600) });
        await Expect(Mark(mira, 2)).ToHaveTextAsync(From());
        await Expect(Mark(mira, 2)).ToHaveTextAsync(Until());
        await Expect(mira.Page.Locator("tr[data-key='2'] td[data-field=is_active]")).ToHaveTextAsync("Yes");
        await Expect(tom.Arrivals).ToHaveTextAsync("1 moved record · show");
        await tom.Arrivals.ClickAsync();
        await Expect(tom.Page.Locator("tbody tr")).ToHaveCountAsync(2);

        await served.ChangeAsync("offers", "2", new Dictionary<string, object?> { ["valid_until"] = In(2) });
        await Expect(Mark(mira, 2)).ToHaveTextAsync("inactive");
        await Expect(Mark(tom, 2)).ToHaveTextAsync("inactive");
        await tom.Page.Locator(".segments a", new() { HasTextString = "Inactive" }).ClickAsync();
        await Expect(tom.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(tom.Page.Locator("[data-total]")).ToHaveTextAsync("2 records");
    }

    [Fact]
    public async Task Record_OpenWhileItTurns_SaysSoInItsHead()
    {
        var served = await ServeAsync(Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/offers/2");
        await mira.LiveAsync();
        await Expect(Mark(mira, 2)).ToHaveTextAsync("inactive");
        await Expect(mira.Page.Locator("[name='v.is_active']")).ToHaveCountAsync(0);

        await served.ChangeAsync("offers", "2", new Dictionary<string, object?> { ["valid_from"] = In(-60), ["valid_until"] = In(5) });

        await Expect(Mark(mira, 2)).ToHaveTextAsync(Until());
        await Expect(Mark(mira, 2)).ToHaveTextAsync("inactive");
        await Expect(mira.Page.Locator("[data-history] li").First).ToContainTextAsync("time");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    public async Task List_OfAllRecords_FitsAndIsLegible(ColorScheme theme, int width)
    {
        var served = await ServeAsync(Store.Sqlite);
        var mira = await PersonAsync(Mira, served, new() { ViewportSize = new() { Width = width, Height = 740 }, ColorScheme = theme });
        await mira.VisitAsync("/t/offers?active=all");

        Assert.True(await mira.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width);
        await mira.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), $"tandem-activation-{theme}-{width}.png") });
    }

    private static ILocator Mark(Person person, int key) => person.Page.Locator($"[data-activation][data-of='{key}']");

    private static string In(int seconds) => DateTimeOffset.UtcNow.AddSeconds(seconds).ToString("O", CultureInfo.InvariantCulture);

    private async Task<Served> ServeAsync(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        await served.Process.KillAsync();
        await served.WriteElsewhereAsync($"""
            CREATE TABLE offers (id integer PRIMARY KEY, name varchar(40) NOT NULL, is_active boolean NOT NULL DEFAULT {(store == Store.Sqlite ? "0" : "false")}, valid_from timestamptz, valid_until timestamptz);
            INSERT INTO offers VALUES (1, 'Rolls', true, null, null), (2, 'Stollen', false, null, '2020-01-01 00:00:00Z'), (3, 'Plum cake', false, null, '2020-01-01 00:00:00Z');
            """);
        served.Process.Told = ["--activatable", "offers:is_active,from=valid_from,until=valid_until"];
        await served.Process.StartAsync();
        return served;
    }

    [GeneratedRegex("^from (today|[0-9:]+|[0-9]+ [A-Z][a-z]+)$")]
    private static partial Regex From();

    [GeneratedRegex("^until (today|[0-9:]+|[0-9]+ [A-Z][a-z]+)$")]
    private static partial Regex Until();
}
