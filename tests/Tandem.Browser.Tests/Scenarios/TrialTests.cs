using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>The server is asked while people type, and nothing is stored by it.</summary>
public sealed class TrialTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Value_ThatAnotherRecordHas_IsSaidWhileTypingAndNotLate(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var taken = (await served.ReadSubjectAsync(await served.AddSubjectAsync(), "email"))!;
        var key = await served.AddSubjectAsync();
        var before = await served.ReadSubjectAsync(key, "email");
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);

        await mira.TypeAsync("email", taken);
        await Expect(mira.Error("email")).ToContainTextAsync("already");
        await mira.ShowsAsync("email", taken);
        Assert.Equal(before, await served.ReadSubjectAsync(key, "email"));

        // An answer that is under way when she types on says nothing of what she types then.
        var held = new TaskCompletionSource<IRoute>(TaskCreationOptions.RunContinuationsAsynchronously);
        await mira.Page.RouteAsync("**/api/units", route =>
        {
            if (!held.TrySetResult(route))
            {
                _ = route.ContinueAsync();
            }
        });
        await mira.TypeAsync("email", taken + ".");
        await Expect(mira.Error("email")).ToBeHiddenAsync();
        await mira.TypeAsync("email", taken);
        await held.Task;
        var second = mira.Page.WaitForResponseAsync("**/api/units");
        await mira.TypeAsync("email", taken + ".uk");
        await second;
        await Expect(mira.Error("email")).ToBeHiddenAsync();
        await mira.SavedAsync();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task NewRecord_WhileTyped_IsToldOfVisitedFieldsAlone(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var taken = (await served.ReadSubjectAsync(await served.AddSubjectAsync(), "email"))!;
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/customers/new");
        await mira.TypeAsync("name", "Newcomer");
        await mira.TypeAsync("email", taken);
        await Expect(mira.Error("email")).ToContainTextAsync("already");
        await Expect(mira.Page.Locator("[data-error]:visible")).ToHaveCountAsync(1);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Conflict_TheConnectionDidNotTell_IsLearntFromTheCheck(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var key = await served.AddSubjectAsync();
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.Page.RouteAsync("**/_tandem/live**", route => route.AbortAsync());
        await mira.VisitAsync($"/t/customers/{key}");
        await mira.TypeAsync("street", "Mira's street");
        await tom.OpenSubjectAsync(key);
        await tom.TypeAsync("street", "Tom's street");
        await tom.SavedAsync();

        await mira.TypeAsync("town", "Mira's town");

        await mira.InConflictAsync("street");
        await Expect(mira.Field("street").Locator(".conflict-theirs")).ToContainTextAsync("Tom's street");
        await Expect(mira.Field("street").Locator(".conflict-say")).ToContainTextAsync(Tom);
        await mira.ShowsAsync("street", "Mira's street");
        await mira.ClickAsync("Keep mine");
        await mira.SavedAsync();
        Assert.Equal("Mira's street", await served.ReadSubjectAsync(key, "street"));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task CleanedValue_IsOfferedAndTakenAsStored(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        await served.WriteElsewhereAsync(store == Store.Sqlite
            ? "CREATE TRIGGER clean AFTER UPDATE OF town ON customers WHEN new.town <> upper(new.town) BEGIN UPDATE customers SET town = upper(new.town) WHERE id = new.id; END"
            : "CREATE FUNCTION clean() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.town := upper(NEW.town); RETURN NEW; END'; CREATE TRIGGER clean BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION clean()");
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);

        await mira.TypeAsync("town", "birch");
        await mira.Field("town").GetByRole(AriaRole.Button, new() { Name = "Use “BIRCH”" }).ClickAsync();
        await mira.ShowsAsync("town", "BIRCH");

        await mira.TypeAsync("town", "alder");
        await mira.SavedAsync();
        await mira.ShowsAsync("town", "ALDER");
        await Expect(mira.Unsaved).ToBeHiddenAsync();
        Assert.Equal("ALDER", await served.ReadSubjectAsync(key, "town"));
    }
}
