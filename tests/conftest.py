"""What every test shares: facts that a test records as "summary" are printed at the end, also when tests run in parallel."""


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "summary":
                terminalreporter.write_line(text)
