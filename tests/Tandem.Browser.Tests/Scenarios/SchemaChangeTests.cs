using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class SchemaChangeTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Schema_Reloaded_OpenPagesSaySoAndKeepTheirDrafts(Store store)
    {
        var served = await OwnAsync(Data.Chinook, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var (mira, admin) = (await PersonAsync(Mira, served), await PersonAsync(Administrator, served));
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync(subject.First, "Still here");
        await served.WriteElsewhereAsync($"ALTER TABLE \"{subject.Table}\" ADD COLUMN nickname varchar(30)");
        await served.WriteElsewhereAsync("CREATE TABLE ovens (id integer PRIMARY KEY, label varchar(20))");

        await admin.VisitAsync("/");
        await admin.ClickAsync("Reload schema");

        await Expect(mira.Banner("schema")).ToContainTextAsync("The tables changed while this page was open. Reload the page.");
        await mira.ShowsAsync(subject.First, "Still here");
        await mira.SavedAsync();
        await Expect(admin.Page.Locator(".tables")).ToContainTextAsync("Ovens");
        await mira.Page.ReloadAsync();
        await mira.LiveAsync();
        await mira.TypeAsync("nickname", "Annie");
        await mira.SavedAsync();
        Assert.Equal("Annie", await served.ReadSubjectAsync(key, "nickname"));
    }
}
