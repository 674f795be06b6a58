using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>What happens while a save is on its way.</summary>
public sealed class SavingTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task Field_TypedOnDuringItsSave_KeepsWhatIsTyped(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var first = served.Subject.First;
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        var underway = await HoldSaveAsync(mira);
        await mira.TypeAsync(first, "Sent");
        await mira.SaveAsync();
        var save = await underway.Task.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        await mira.TypeAsync(first, "Sent and typed on");
        await save.ContinueAsync();

        await Expect(mira.Notice).ToHaveTextAsync("Saved.");
        await mira.ShowsAsync(first, "Sent and typed on");
        await Expect(mira.Unsaved).ToHaveTextAsync("1 unsaved change");
        Assert.Equal("Sent", await served.ReadSubjectAsync(key, first));
        await mira.SaveAsync();
        await Expect(mira.Unsaved).ToBeHiddenAsync();
        Assert.Equal("Sent and typed on", await served.ReadSubjectAsync(key, first));
    }

    [Fact]
    public async Task Page_OfOnePerson_SavesNothingUnderTheNameOfTheNext()
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var first = served.Subject.First;
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync(first, "Mira's words");

        // Somebody else signs in at the same browser, in another tab.
        var (token, _) = await served.InviteAsync("Next " + Guid.NewGuid().ToString("N")[..6], "editor");
        await mira.Page.Context.ClearCookiesAsync();
        var tab = await mira.Page.Context.NewPageAsync();
        await tab.GotoAsync(served.Address.ToString());
        await tab.GetByLabel("Token").FillAsync(token);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(tab.Locator("[data-live-sign]")).ToBeVisibleAsync();
        await mira.Page.BringToFrontAsync();
        await mira.SaveAsync();

        await Expect(mira.Notice).ToContainTextAsync($"This page was opened by {Mira}");
        await mira.ShowsAsync(first, "Mira's words");
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, first));
    }

    /// <summary>Keeps the next save on its way.</summary>
    private static async Task<TaskCompletionSource<IRoute>> HoldSaveAsync(Person person)
    {
        var underway = new TaskCompletionSource<IRoute>(TaskCreationOptions.RunContinuationsAsynchronously);
        await person.Page.RouteAsync("**/api/units", route =>
            route.Request.PostData!.Contains("\"try\":false", StringComparison.Ordinal) && underway.TrySetResult(route) ? Task.CompletedTask : route.ContinueAsync());
        return underway;
    }
}
