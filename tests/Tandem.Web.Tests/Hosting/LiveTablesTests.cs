using Tandem.Tables;

namespace Tandem.Web.Tests.Hosting;

/// <summary>Live tables that the pages of an application share.</summary>
public sealed class LiveTablesTests
{
    private sealed class Word
    {
        public string Text { get; set; } = "";
    }

    [Fact]
    public async Task A_live_table_that_failed_to_open_is_tried_again()
    {
        var asked = 0;
        var database = new ShamDatabase(Shop.Create());
        await using var server = await TandemServer.StartAsync(database);
        database.OnFind = () =>
        {
            asked++;
            throw new InvalidDataException("Not now.");
        };
        for (var i = 1; i <= 2; i++)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => server.Tandem.LiveAsync<Word>());
            Assert.Equal(i, asked);
        }
    }
}
