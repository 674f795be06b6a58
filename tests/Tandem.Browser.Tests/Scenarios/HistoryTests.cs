using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class HistoryTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task History_WhileThePageIsOpen_GrowsAndHomeTellsIt(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var name = "Told " + Guid.NewGuid().ToString("N")[..8];
        var key = await served.AddSubjectAsync(name);
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.OpenSubjectAsync(key);
        await tom.OpenAsync("/");
        var entries = mira.History.Locator("li");
        await Expect(entries).ToHaveCountAsync(1);

        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "Once" });
        await Expect(entries).ToHaveCountAsync(2);
        await Expect(entries.First).ToContainTextAsync("administrator");
        await Expect(entries.First.Locator(".was")).ToHaveTextAsync("First at start");
        await mira.TypeAsync(subject.First, "Twice");
        await mira.SavedAsync();
        await Expect(entries).ToHaveCountAsync(3);
        await Expect(entries.First).ToContainTextAsync(Mira);
        await Expect(entries.First).ToContainTextAsync("Once → Twice");
        await Expect(tom.Page.Locator("#recent-list")).ToContainTextAsync(name);
    }
}
