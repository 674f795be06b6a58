using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class RightsTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task Person_Removed_IsToldOnTheOpenPageAndSavesNothing(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var name = "Leaving " + Guid.NewGuid().ToString("N")[..8];
        var leaving = await PersonAsync(name, served);
        await leaving.OpenSubjectAsync(key);
        await leaving.TypeAsync(subject.First, "Too late");

        using var answer = await served.Program.DeleteAsync($"/api/users/{Uri.EscapeDataString(name)}", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();

        await Expect(leaving.Banner("out")).ToContainTextAsync("You are signed out.");
        await leaving.ShowsAsync(subject.First, "Too late");
        await leaving.SaveAsync();
        await Expect(leaving.Notice).ToContainTextAsync("You are signed out.");
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));

        // Back as somebody who only looks: the draft may not be saved, and the page says why.
        var (_, link) = await served.InviteAsync(name, "viewer");
        var tab = await leaving.Page.Context.NewPageAsync();
        await tab.GotoAsync(link);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(tab.GetByLabel($"Menu of {name}")).ToBeVisibleAsync();
        await leaving.Page.BringToFrontAsync();
        await leaving.LiveAsync();
        await leaving.ShowsAsync(subject.First, "Too late");
        await leaving.SaveAsync();
        await Expect(leaving.Notice).ToContainTextAsync("Nothing is saved yet.");
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));
    }

    [Fact]
    public async Task Viewer_OpensARecord_LooksAndFollowsButChangesNothing()
    {
        var served = await SharedAsync(Data.Chinook, Store.Sqlite);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var viewer = await PersonAsync(Viewer, served);
        await viewer.OpenSubjectAsync(key);
        await Expect(viewer.Page.Locator("[data-save]")).ToHaveCountAsync(0);
        await Expect(viewer.Page.Locator("[data-delete]")).ToHaveCountAsync(0);
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "Seen only" });
        await Expect(viewer.Field(subject.First)).ToContainTextAsync("Seen only");
        await viewer.VisitAsync("/people");
        await Expect(viewer.Page.Locator("main")).Not.ToContainTextAsync("Invite");
    }

    [Fact]
    public async Task Link_Sent_SignsInOnce()
    {
        var served = await SharedAsync(Data.Chinook, Store.Sqlite);
        var name = "Linked " + Guid.NewGuid().ToString("N")[..8];
        var (_, link) = await served.InviteAsync(name, "editor");
        var linked = await StrangerAsync(served);
        await linked.Page.GotoAsync(link);
        await linked.ClickAsync("Sign in");
        await Expect(linked.Page.GetByLabel($"Menu of {name}")).ToBeVisibleAsync();
        var second = await StrangerAsync(served);
        await second.Page.GotoAsync(link);
        await Expect(second.Page.Locator("main")).ToContainTextAsync("used already");
    }
}
