using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Rights that change while pages are open.</summary>
public sealed class GrantsTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task Form_RightToChangeTakenWhileTyping_LocksKeepsWhatWasTypedAndSaysWhy(Data data, Store store)
    {
        var served = await OwnAsync(data, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync(subject.First, "Not saved yet");

        var grant = await GiveAsync(served, new { @for = "user", name = Mira, effect = "deny", actions = new[] { "change" }, table = subject.Table });

        await Expect(mira.Banner("rights")).ToContainTextAsync("what you typed is kept");
        await Expect(mira.Page.Locator("[data-draft]")).ToContainTextAsync("Not saved yet");
        await Expect(mira.Page.Locator("[data-save]")).ToHaveCountAsync(0);
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));

        // Given back, the form is open again with what was typed.
        await TakeBackAsync(served, grant);
        await mira.ShowsAsync(subject.First, "Not saved yet");
        await mira.SavedAsync();
        Assert.Equal("Not saved yet", await served.ReadSubjectAsync(key, subject.First));
    }

    [Fact]
    public async Task Form_FieldHiddenWhileItIsShown_IsGoneFromThePageAndItsHistory()
    {
        var served = await OwnAsync(Data.Chinook, Store.PostgreSql);
        var second = await SecondNodeAsync(served);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.Second] = "hush-hush" });
        var mira = await PersonAsync(Mira, second);
        await mira.OpenSubjectAsync(key);
        await mira.ShowsAsync(subject.Second, "hush-hush");

        await GiveAsync(served, new { @for = "everyone", effect = "deny", actions = new[] { "view" }, table = subject.Table, fields = new[] { subject.Second } });

        await Expect(mira.Banner("rights")).ToBeVisibleAsync();
        await Expect(mira.Field(subject.Second)).ToHaveCountAsync(0);
        Assert.DoesNotContain("hush-hush", await mira.Page.ContentAsync(), StringComparison.Ordinal);
        await mira.TypeAsync(subject.First, "Still mine");
        await mira.SavedAsync();
    }

    [Fact]
    public async Task Record_DeniedByItself_LeavesOpenListsAndForms()
    {
        var served = await OwnAsync(Data.Chinook, Store.Sqlite);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync("Aaron Aardvark");
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.OpenAsync($"/t/{subject.Table}?q=Aardvark");
        await Expect(mira.Page.Locator($"tr[data-key='{key}']")).ToHaveCountAsync(1);
        await tom.OpenSubjectAsync(key);

        await GiveAsync(served, new { @for = "everyone", effect = "deny", actions = new[] { "view" }, table = subject.Table, key });

        await Expect(mira.Page.Locator($"tr[data-key='{key}']")).ToHaveCountAsync(0);
        await Expect(tom.Page.Locator("form[data-record]")).ToHaveCountAsync(0);
        Assert.DoesNotContain("Aardvark", await tom.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administrator_GivesARightAndAsksWhyAndLooksThroughOthersEyes_SeesAndChangesNothing()
    {
        var served = await OwnAsync(Data.Chinook, Store.Sqlite);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        await served.InviteAsync("Member Maier", "member");
        var ada = await PersonAsync(Administrator, served);
        await ada.VisitAsync("/rights");
        var give = ada.Page.Locator("form[action='/rights']");
        await give.GetByLabel("Name", new() { Exact = true }).FillAsync("Member Maier");
        await give.GetByLabel("view", new() { Exact = true }).CheckAsync();
        await give.GetByLabel("Table").SelectOptionAsync(subject.Table);
        await give.GetByLabel("Records by a filter").FillAsync("no such field eq 1");
        await ada.ClickAsync("Give");
        await Expect(ada.Page.Locator(".note.bad")).ToContainTextAsync("has no field");
        await give.GetByLabel("Records by a filter").FillAsync($"{subject.Key} eq {key}");
        await ada.ClickAsync("Give");
        await Expect(ada.Page.Locator("table.people")).ToContainTextAsync("Member Maier");

        await ada.VisitAsync($"/rights?user=Member%20Maier&of={subject.Table}&action=change&key={key}");
        await Expect(ada.Page.Locator(".note.bad")).ToContainTextAsync("No.");
        await ada.ClickAsync("View as this user");
        await Expect(ada.Page.Locator(".seen-as")).ToContainTextAsync("you see what Member Maier sees");
        await ada.VisitAsync($"/t/{subject.Table}");
        await Expect(ada.Page.Locator("tbody tr[data-key]")).ToHaveCountAsync(1);
        await ada.VisitAsync("/people");
        await Expect(ada.Page.Locator("main")).ToContainTextAsync("for administrators");
        await ada.OpenSubjectAsync(key);
        await Expect(ada.Page.Locator("[data-save]")).ToHaveCountAsync(0);
        await ada.ClickAsync("Stop");
        await Expect(ada.Page.Locator(".seen-as")).ToHaveCountAsync(0);
        var kept = await served.Program.GetFromJsonAsync<JsonElement>("/api/tables/tandem_view_as", TestContext.Current.CancellationToken);
        var look = Assert.Single(kept.GetProperty("value").EnumerateArray());
        Assert.Equal("Member Maier", look.GetProperty("user_name").GetString());
        Assert.Equal(JsonValueKind.String, look.GetProperty("ended_at").ValueKind);
    }

    private static async Task<string> GiveAsync(Served served, object grant)
    {
        using var answer = await served.Program.PostAsJsonAsync("/api/grants", grant, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetString()!;
    }

    private static async Task TakeBackAsync(Served served, string grant)
    {
        using var answer = await served.Program.DeleteAsync($"/api/grants/{grant}", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
