using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Nothing typed is ever lost.</summary>
public sealed class DraftTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Draft_AfterAReloadAndSomebodysSave_IsBackWithItsConflict(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var key = await served.AddSubjectAsync();
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync("street", "Mira's street");
        await mira.TypeAsync("town", "Mira's town");
        await LeaveAsync(mira);
        await tom.OpenSubjectAsync(key);
        await tom.ShowsAsync("street", "First at start");
        await tom.TypeAsync("street", "Tom's street");
        await tom.SavedAsync();

        await mira.OpenSubjectAsync(key);

        await Expect(Kept(mira)).ToContainTextAsync("Restored what you typed just now.");
        await mira.ShowsAsync("town", "Mira's town");
        await mira.InConflictAsync("street");
        await Expect(mira.Field("street").Locator(".conflict-started")).ToContainTextAsync("First at start");
        await Expect(mira.Field("street").Locator(".conflict-theirs")).ToContainTextAsync("Tom's street");
        await mira.ClickAsync("Keep mine");
        await mira.SavedAsync();
        await Expect(Kept(mira)).ToBeHiddenAsync();
        Assert.Equal(("Mira's street", "Mira's town"), (await served.ReadSubjectAsync(key, "street"), await served.ReadSubjectAsync(key, "town")));

        await LeaveAsync(mira);
        await mira.OpenSubjectAsync(key);
        await Expect(mira.Unsaved).ToBeHiddenAsync();
        await Expect(Kept(mira)).ToBeHiddenAsync();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Draft_OfANewRecord_OutlivesTheServerAndIsDroppedWhenCreated(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/customers/new");
        await mira.TypeAsync("name", "Kept in mind");
        await mira.TypeAsync("email", "kept@example.org");
        await LeaveAsync(mira);
        await served.Process.KillAsync();
        await served.Process.StartAsync();

        await mira.VisitAsync("/t/customers/new");
        await Expect(Kept(mira)).ToContainTextAsync("Restored what you typed");
        await mira.ShowsAsync("name", "Kept in mind");
        await mira.SaveAsync();
        await Expect(mira.Notice).ToHaveTextAsync("Created.");
        await mira.VisitAsync("/t/customers/new");
        await mira.ShowsAsync("name", "");
        await Expect(Kept(mira)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Draft_Discarded_IsGoneAndNobodyElseOfTheBrowserEverSeesIt()
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync("street", "Only Mira's");
        await LeaveAsync(mira);

        await SignInAsync(mira, await served.InviteAsync("Nia Berg", "editor"));
        await mira.OpenSubjectAsync(key);
        await mira.ShowsAsync("street", "First at start");
        await Expect(Kept(mira)).ToBeHiddenAsync();
        Assert.DoesNotContain("Only Mira's", await mira.Page.InnerTextAsync("body"), StringComparison.Ordinal);

        var again = await PersonAsync(Mira, served);
        await again.OpenSubjectAsync(key);
        await again.TypeAsync("street", "Given up");
        await LeaveAsync(again);
        await again.OpenSubjectAsync(key);
        await again.ShowsAsync("street", "Given up");
        await again.ClickAsync("Discard");
        await again.ShowsAsync("street", "First at start");
        await again.OpenSubjectAsync(key);
        await Expect(Kept(again)).ToBeHiddenAsync();
        await again.ShowsAsync("street", "First at start");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Draft_OfARecordDeletedSince_BecomesANewOne(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync("street", "A street to keep");
        await LeaveAsync(mira);
        await served.RemoveAsync("customers", key);

        await mira.VisitAsync($"/t/customers/{key}");
        await Expect(mira.Page.Locator("[data-missing-record]")).ToContainTextAsync("What you typed just now is still here.");
        await mira.ClickAsync("Make a new record of it");
        await Expect(mira.Page).ToHaveURLAsync(new Regex("/t/customers/new$"));
        await mira.ShowsAsync("street", "A street to keep");
    }

    [Fact]
    public async Task Draft_WhoseRightIsTakenAway_IsShownAndCanBeDiscarded()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var key = await served.AddSubjectAsync();
        var zoe = await StrangerAsync(served);
        await SignInAsync(zoe, await served.InviteAsync("Zoe Lind", "editor"));
        await zoe.OpenSubjectAsync(key);
        await zoe.TypeAsync("street", "Zoe's street");
        await LeaveAsync(zoe);
        using (var removed = await served.Program.DeleteAsync("/api/users/Zoe%20Lind", TestContext.Current.CancellationToken))
        {
            removed.EnsureSuccessStatusCode();
        }

        await SignInAsync(zoe, await served.InviteAsync("Zoe Lind", "viewer"));
        await zoe.OpenSubjectAsync(key);
        await Expect(Kept(zoe)).ToContainTextAsync("You may not change this record now.");
        await Expect(Kept(zoe)).ToContainTextAsync("Zoe's street");
        await Expect(zoe.Field("street")).ToContainTextAsync("First at start");
        await zoe.ClickAsync("Discard");
        await Expect(Kept(zoe)).ToBeHiddenAsync();
        await zoe.OpenSubjectAsync(key);
        await Expect(Kept(zoe)).ToBeHiddenAsync();
    }

    private static ILocator Kept(Person person) => person.Page.Locator("[data-draft]");

    /// <summary>Goes elsewhere at once, as after a crash: the page asks nobody.</summary>
    private static async Task LeaveAsync(Person person)
    {
        // The browser asks whether to leave; a crash would not.
        void Accept(object? sender, IDialog dialog) => _ = dialog.AcceptAsync();
        person.Page.Dialog += Accept;
        await person.OpenAsync("/t/categories");
        person.Page.Dialog -= Accept;
    }

    private static async Task SignInAsync(Person person, (string Token, string Link) invited)
    {
        await person.Page.Context.ClearCookiesAsync();
        await person.Page.GotoAsync(new Uri(person.At.Address, new Uri(invited.Link).PathAndQuery).ToString());
        if (await person.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("[Ss]ign in") }).CountAsync() > 0)
        {
            await person.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("[Ss]ign in") }).First.ClickAsync();
        }
    }
}
