using System.Text;

namespace Tandem.Cli.Users;

/// <summary>Takes a password from whoever sits at the terminal, unseen, or from the standard input. It is never an argument, which other users of the machine can see.</summary>
internal static class PasswordInput
{
    public static string Read(string name)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() ?? "";
        }

        Console.Error.Write($"Password of {name}: ");
        StringBuilder text = new();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.Error.WriteLine();
                    return text.ToString();
                case ConsoleKey.Backspace:
                    text.Length -= text.Length > 0 ? 1 : 0;
                    break;
                default:
                    text.Append(char.IsControl(key.KeyChar) ? "" : key.KeyChar);
                    break;
            }
        }
    }
}
