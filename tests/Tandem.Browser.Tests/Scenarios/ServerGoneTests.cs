using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class ServerGoneTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Server_KilledUnderADraft_IsSaidAndTheDraftSavesWhenItIsBack(Store store)
    {
        var served = await OwnAsync(Data.Chinook, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var lost = await served.AddSubjectAsync();
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync(subject.First, "Survives");
        await tom.OpenSubjectAsync(lost);
        await tom.TypeAsync(subject.First, "Tom's draft");

        await served.Process.KillAsync();
        await Expect(mira.Banner("gone")).ToContainTextAsync("The server is gone. What you type stays here.");
        await mira.ShowsAsync(subject.First, "Survives");
        await mira.TypeAsync(subject.First, "Survives, typed on");
        await mira.SaveAsync();
        await Expect(mira.Notice).ToContainTextAsync("What you typed stays here");
        await served.WriteElsewhereAsync($"UPDATE \"{subject.Table}\" SET \"{subject.Second}\" = 'While away' WHERE \"{subject.Key}\" = {key}");
        await served.WriteElsewhereAsync($"DELETE FROM \"{subject.Table}\" WHERE \"{subject.Key}\" = {lost}");

        await served.Process.StartAsync();
        await Expect(mira.Banner("back")).ToContainTextAsync("The server is back.");
        await mira.ShowsAsync(subject.First, "Survives, typed on");
        await mira.ShowsAsync(subject.Second, "While away");
        await mira.SavedAsync();
        Assert.Equal("Survives, typed on", await served.ReadSubjectAsync(key, subject.First));
        await Expect(tom.Notice).ToContainTextAsync("This record was deleted. What you typed stays here.");
        await tom.ShowsAsync(subject.First, "Tom's draft");
    }

    [Fact]
    public async Task Server_StoppedByCtrlC_TellsEveryPageAndTheyComeBack()
    {
        var served = await OwnAsync(Data.Chinook, Store.Sqlite);
        var key = await served.AddSubjectAsync();
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        var admin = await PersonAsync(Administrator, served);
        await mira.OpenSubjectAsync(key);
        await tom.OpenAsync($"/t/{served.Subject.Table}");
        await admin.OpenAsync("/");
        Person[] everybody = [mira, tom, admin];

        await served.Process.InterruptAsync();
        foreach (var person in everybody)
        {
            await Expect(person.Banner("gone")).ToBeVisibleAsync();
        }

        await served.Process.StartAsync();
        foreach (var person in everybody)
        {
            await person.LiveAsync();
            await Expect(person.Banner("gone")).ToHaveCountAsync(0);
        }
    }
}
