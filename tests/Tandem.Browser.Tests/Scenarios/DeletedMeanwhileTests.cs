using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class DeletedMeanwhileTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Record_DeletedWhileSomebodyTypes_KeepsTheDraftAndOffersItAsNew(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync(subject.First, "My draft");

        await served.RemoveAsync(subject.Table, key);

        await Expect(mira.Notice).ToContainTextAsync("administrator deleted this record");
        await Expect(mira.Notice).ToContainTextAsync("What you typed stays here.");
        await mira.ShowsAsync(subject.First, "My draft");
        await mira.ClickAsync("Make a new record of it");

        if ((data, store) == (Data.Chinook, Store.PostgreSql))
        {
            // Nothing numbers these records, so the page asks for a key.
            await Expect(mira.Error(subject.Key)).ToBeVisibleAsync();
            await mira.ShowsAsync(subject.First, "My draft");
            await mira.TypeAsync(subject.Key, key);
            await mira.SaveAsync();
        }

        await Expect(mira.Notice).ToHaveTextAsync("Created.");
        await Expect(mira.Page).ToHaveURLAsync(new Regex($"/t/{subject.Table}/\\d+\\?"));
        await mira.ShowsAsync(subject.First, "My draft");
        await mira.ShowsAsync(subject.Second, "Second at start");
        var stored = new Uri(mira.Page.Url).Segments[^1];
        Assert.Equal("My draft", await served.ReadSubjectAsync(stored, subject.First));
    }

    [Fact]
    public async Task Record_DeletedBeforeSaving_SaysSo()
    {
        var served = await SharedAsync(Data.Chinook, Store.Sqlite);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served, new() { JavaScriptEnabled = false });
        await mira.VisitAsync($"/t/{subject.Table}/{key}");
        await mira.TypeAsync(subject.First, "My draft");
        await served.RemoveAsync(subject.Table, key);

        await mira.SaveAsync();

        await Expect(mira.Notice).ToContainTextAsync("deleted");
        await Expect(mira.Field(subject.First)).ToContainTextAsync("My draft");
    }
}
