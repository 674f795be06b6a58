using Tandem.Editing;
using Tandem.Records;
using Tandem.Specification.Tables;

namespace Tandem.Relational.Tests.Sqlite;

public sealed class SqliteTriggerTests
{
    [Fact]
    public async Task TriggerThatChangesItsOwnTable_RunsAsForAnyProgram_AndTheSaveSaysWhatIsStored()
    {
        using var file = await SqliteFile.CreateAsync(Shop.Sqlite + " CREATE TRIGGER loud AFTER UPDATE OF note ON goods BEGIN UPDATE goods SET note = upper(new.note) WHERE id = new.id; END; INSERT INTO goods (name) VALUES ('rye');");
        var database = await file.OpenAsync();
        var token = TestContext.Current.CancellationToken;
        using var edit = (await database.Find("goods")!.EditAsync(new RecordKey(1L), "Ann", database, cancellationToken: token))!;
        edit.Set("note", "soft");

        var difference = Assert.Single(Assert.IsType<SaveResult.PartlySaved>(await edit.SaveAsync(token)).Fields);
        Assert.Equal(new StoredDifference("note", "soft", "SOFT"), difference);

        await database.DisposeAsync();
        await database.DisposeAsync();
    }
}
