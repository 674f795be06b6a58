using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Lists grouped by a field, with counts and totals.</summary>
public sealed class GroupsTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Groups_ByReference_AreCalledByNameAndOpenTheirRecords(Store store)
    {
        var served = await SharedAsync(Data.Chinook, store);
        var (table, artist) = store == Store.Sqlite ? ("Album", "ArtistId") : ("album", "artist_id");
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{table}");
        await mira.Page.GetByText("Group by", new() { Exact = true }).First.ClickAsync();
        await mira.Page.Locator("#group-by").SelectOptionAsync(artist);
        await mira.Page.Locator(".group-form button").ClickAsync();

        var first = mira.Page.Locator("[data-group]").First;
        await Expect(first).ToContainTextAsync("Iron Maiden");
        await Expect(first.Locator("td").First).ToHaveTextAsync("21");
        await Expect(mira.Page.Locator("[data-whole] td").First).ToHaveTextAsync("347");
        await first.Locator("a").ClickAsync();
        await Expect(mira.Page.Locator("table.records tbody tr")).ToHaveCountAsync(21);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Groups_ByMonthWithoutScript_AddUpAndOpenTheirMonth(Store store)
    {
        var served = await SharedAsync(Data.Chinook, store);
        var (table, date, total) = store == Store.Sqlite ? ("Invoice", "InvoiceDate", "Total") : ("invoice", "invoice_date", "total");
        var mira = await PersonAsync(Mira, served, new() { JavaScriptEnabled = false });
        await mira.VisitAsync($"/t/{table}");
        await mira.Page.GetByText("Group by", new() { Exact = true }).First.ClickAsync();
        await mira.Page.Locator("#group-by").SelectOptionAsync($"year:{date}");
        await mira.Page.Locator("#group-order").SelectOptionAsync("value");
        await mira.Page.Locator($"input[value='sum:{total}']").CheckAsync();
        await mira.Page.Locator($"input[value='average:{total}']").CheckAsync();
        await mira.Page.Locator(".group-form button").ClickAsync();

        var rows = mira.Page.Locator("[data-group]");
        await Expect(rows).ToHaveCountAsync(5);
        await Expect(mira.Page.Locator("[data-whole] td")).ToHaveTextAsync(["412", "2328.60", "5.6519"]);
        var count = await rows.First.Locator("td").First.InnerTextAsync();
        await rows.First.Locator("a").ClickAsync();
        await Expect(mira.Page.Locator("[data-chips] .chip")).ToHaveCountAsync(2);
        await mira.Page.Locator("[data-count]").ClickAsync();
        await Expect(mira.Page.Locator("[data-total]")).ToHaveTextAsync($"{count} records");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Groups_OfWhatOthersAdd_ComeByTheArrivalsButton(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        var subject = served.Subject;
        var town = "Town" + Guid.NewGuid().ToString("N")[..8];
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{subject.Table}?g={subject.Second}");
        var group = mira.Page.Locator("[data-group]", new() { HasText = town });
        await Expect(group).ToHaveCountAsync(0);

        var key = await served.AddSubjectAsync();
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.Second] = town });
        await mira.Arrivals.ClickAsync();
        await Expect(group.Locator("td").First).ToHaveTextAsync("1");

        // A record that leaves one group for another is told as well.
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.Second] = town + "s" });
        await Expect(mira.Arrivals).ToHaveTextAsync(new Regex("1 changed record"));
        await mira.Arrivals.ClickAsync();
        await Expect(mira.Page.Locator("[data-group]", new() { HasText = town + "s" })).ToHaveCountAsync(1);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task View_OfGroups_KeepsThem(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        var subject = served.Subject;
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{subject.Table}?g={subject.Second}&go=value");
        await mira.Page.Locator("details.views > summary").ClickAsync();
        await mira.Page.GetByLabel("Save this list as").FillAsync("By town");
        await mira.Page.Locator("[data-save-view] button[value=save]").ClickAsync();
        await Expect(mira.Page.Locator("[data-view-name]")).ToContainTextAsync("By town");
        await Expect(mira.Page.Locator("table.groups")).ToBeVisibleAsync();
    }
}
