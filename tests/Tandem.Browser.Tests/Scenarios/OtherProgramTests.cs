using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class OtherProgramTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task OtherProgram_Writes_ListAndRecordFollow(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var name = "Other" + Guid.NewGuid().ToString("N")[..10];
        var key = await served.AddSubjectAsync(name);
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.OpenAsync($"/t/{subject.Table}?q={name}");
        await tom.OpenSubjectAsync(key);
        await tom.TypeAsync(subject.Second, "Tom's draft");

        await served.WriteElsewhereAsync($"UPDATE \"{subject.Table}\" SET \"{subject.First}\" = 'By a script' WHERE \"{subject.Key}\" = {key}");

        await Expect(mira.Cell(key, subject.First)).ToHaveTextAsync("By a script");
        await tom.ShowsAsync(subject.First, "By a script");
        await tom.ShowsAsync(subject.Second, "Tom's draft");
        await Expect(tom.History.Locator("li").First).ToContainTextAsync("By a script");

        await served.WriteElsewhereAsync($"UPDATE \"{subject.Table}\" SET \"{subject.Second}\" = 'Its town' WHERE \"{subject.Key}\" = {key}");
        await tom.InConflictAsync(subject.Second);
        await tom.ClickAsync("Keep mine");
        await tom.SavedAsync();
        Assert.Equal("Tom's draft", await served.ReadSubjectAsync(key, subject.Second));

        await served.WriteElsewhereAsync($"DELETE FROM \"{subject.Table}\" WHERE \"{subject.Key}\" = {key}");
        await Expect(tom.Notice).ToContainTextAsync("deleted this record");
        await Expect(mira.Arrivals).ToContainTextAsync("1 deleted");
    }
}
