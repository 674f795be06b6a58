using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Npgsql;

namespace Tandem.Bench.Opened;

/// <summary>How soon is a save on other screens, with how many pages open; what does an open page hold; and what does checking while typing cost?</summary>
internal static class OpenPages
{
    private const int Saves = 100;
    private const int Rows = 100;
    private const int Held = 500;

    public static async Task RunAsync(Stage stage, Report report)
    {
        await stage.PgAsync();
        await using var served = await ServedDatabase.StartAsync(stage.Postgres);
        await SavesAsync(served, report);
        await MemoryAsync(stage, report);
        await TrialsAsync(served, stage, report);
    }

    private static async Task SavesAsync(ServedDatabase served, Report report)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] });
        IPage[] screens = [await ScreenAsync(served, browser), await ScreenAsync(served, browser)];
        List<SimulatedPage> pages = [];
        report.Section($"From a save's first byte to other screens, PostgreSQL, pages of {Rows} rows", "open pages", "answer p50 ms", "last page p50 ms", "last page p95 ms", "browser DOM p50 ms", "browser DOM p95 ms");
        foreach (var count in new[] { 2, 50, 200 })
        {
            while (pages.Count < count)
            {
                var page = await SimulatedPage.OpenAsync(served);
                await page.RegisterAsync("items", Enumerable.Range(1, Rows).Select(i => (long)i));
                pages.Add(page);
            }

            List<double> answers = [], last = [], dom = [];
            for (var i = -10; i < Saves; i++)
            {
                var text = $"Bench {Guid.NewGuid():N}";
                var heard = pages.Select(p => p.HearAsync(text)).ToList();
                var drawn = screens.Select(s => s.EvaluateAsync<double>("text => window.drawn(text)", text)).ToList();
                // The browsers are listening once they answer to something asked after.
                await Task.WhenAll(screens.Select(s => s.EvaluateAsync("() => 1")));
                var (began, clock) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
                using var answer = await served.Http.PatchAsync(
                    "/api/tables/items/1", JsonContent.Create(new { name = text }, new MediaTypeHeaderValue("application/merge-patch+json")));
                answer.EnsureSuccessStatusCode();
                var answered = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                var slowest = (await Task.WhenAll(heard).WaitAsync(TimeSpan.FromSeconds(30))).Max();
                var shown = (await Task.WhenAll(drawn).WaitAsync(TimeSpan.FromSeconds(30))).Max();
                if (i >= 0)
                {
                    answers.Add(answered);
                    last.Add(Stopwatch.GetElapsedTime(began, slowest).TotalMilliseconds);
                    dom.Add(shown - clock.ToUnixTimeMilliseconds() - (clock.Ticks % TimeSpan.TicksPerMillisecond / (double)TimeSpan.TicksPerMillisecond));
                }
            }

            report.Row(count, Timing.Median(answers), Timing.Median(last), Timing.Quantile(last, 0.95), Timing.Median(dom), Timing.Quantile(dom, 0.95));
        }

        report.Say("The pages are simulated connections that show 100 rows each; beside them two real browsers show a record of the list, and the later of the two counts. Server, pages and browsers share two cores.");
        foreach (var page in pages)
        {
            await page.DisposeAsync();
        }
    }

    private static async Task<IPage> ScreenAsync(ServedDatabase served, IBrowser browser)
    {
        var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(served.Address, "/sign-in?return=/t/items?f.id%3Dlt:50").ToString());
        await page.GetByLabel("Token").FillAsync(ServedDatabase.Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForSelectorAsync("[data-live-sign][data-state=live]");
        await page.EvaluateAsync("""
            () => {
              window.drawn = text => new Promise(settle => {
                const cell = document.querySelector("tr[data-key='1'] td[data-field=name]");
                const seen = new MutationObserver(() => {
                  if (cell.textContent.includes(text)) {
                    seen.disconnect();
                    settle(performance.timeOrigin + performance.now());
                  }
                });
                seen.observe(cell, { subtree: true, childList: true, characterData: true });
              });
            }
            """);
        return page;
    }

    private static async Task MemoryAsync(Stage stage, Report report)
    {
        report.Section($"What {Held} connections hold in the server", "connections", "KB each", "x an idle one");
        var idle = await HeldAsync(stage, _ => Task.CompletedTask);
        var live = await HeldAsync(stage, p => p.RegisterAsync("items", Enumerable.Range(1, Rows).Select(i => (long)i)));
        report.Row("idle SignalR connection", idle / 1024, 1.0);
        report.Row($"open page of {Rows} rows", live / 1024, live / idle);
        report.Say("Memory that is the process's own (private and dirty) before and after, divided by the connections; the runtime decides when it gives memory back, so these are upper ends.");
    }

    /// <summary>In a server of its own, so that neither finds memory the other has left.</summary>
    private static async Task<double> HeldAsync(Stage stage, Func<SimulatedPage, Task> register)
    {
        await using var served = await ServedDatabase.StartAsync(stage.Postgres);
        for (var i = 0; i < 50; i++)
        {
            await using var warm = await SimulatedPage.OpenAsync(served);
            await register(warm);
        }

        var before = served.Memory;
        List<SimulatedPage> pages = [];
        for (var i = 0; i < Held; i++)
        {
            var page = await SimulatedPage.OpenAsync(served);
            await register(page);
            pages.Add(page);
        }

        // Registrations are answered in order, so a save that all of them have seen comes after.
        await served.Http.GetAsync("/api/tables");
        var after = served.Memory;
        foreach (var page in pages)
        {
            await page.DisposeAsync();
        }

        return Math.Max(1, (after - before) / (double)Held);
    }

    private static async Task TrialsAsync(ServedDatabase served, Stage stage, Report report)
    {
        await using var source = NpgsqlDataSource.Create(stage.PlainPostgres);
        List<double> trials = [], raw = [];
        for (var i = -20; i < 200; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await served.Http.PostAsJsonAsync("/api/units", new Dictionary<string, object>
            {
                ["try"] = true,
                ["writes"] = new[] { new { table = "items", key = "2", set = new { name = $"Trial {i}", stock = 7 }, @base = new { name = "Item 0015838", stock = 2 } } },
            });
            answer.EnsureSuccessStatusCode();
            var trial = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            began = Stopwatch.GetTimestamp();
            await using (var connection = await source.OpenConnectionAsync())
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await using var command = new NpgsqlCommand("UPDATE items SET name = $1, stock = 7 WHERE id = 2 RETURNING *", connection, transaction) { Parameters = { new() { Value = $"Trial {i}" } } };
                await command.ExecuteNonQueryAsync();
                await transaction.RollbackAsync();
            }

            if (i >= 0)
            {
                trials.Add(trial);
                raw.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        report.Section("A record checked while somebody types", "round trip", "p50 ms", "p95 ms");
        report.Row("raw driver: begin, update, roll back", Timing.Median(raw), Timing.Quantile(raw, 0.95));
        report.Row("POST /api/units with try", Timing.Median(trials), Timing.Quantile(trials, 0.95));
    }
}
